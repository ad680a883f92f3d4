"""What `manage.py setup_site` makes: the real site, and example content that can be taken away."""
