from django.urls import path

from forms import small_views, start_views, views

urlpatterns = [
    path("mijn-link/", views.my_links, name="my_links"),
    path("mijn-link/verstuurd/", views.my_links_sent, name="my_links_sent"),
    path("correctie/<int:pk>/", small_views.correction, name="correction"),
    path("praktijk/<int:pk>/", small_views.practice, name="practice"),
    path("vraag/", small_views.question, name="question"),
    path("stop/<str:token>/", small_views.stop_yearly_mail, name="stop_yearly_mail"),
    path("vul-in/", start_views.fill_in, name="contribution_fill_in"),
    path("staat-dit-er-al/", start_views.is_it_there, name="contribution_is_it_there"),
    path("<str:token>/", views.contribution_status, name="contribution_status"),
    path("<str:token>/wijzigen/", views.contribution_change, name="contribution_change"),
]
