from django.urls import path

from forms import views

urlpatterns = [
    path("<str:token>/", views.contribution_status, name="contribution_status"),
    path("<str:token>/wijzigen/", views.contribution_change, name="contribution_change"),
]
