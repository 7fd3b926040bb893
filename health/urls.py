"""Pages of judgement: the at-risk queue, alerts and runs."""

from django.urls import URLPattern

app_name = "health"

urlpatterns: list[URLPattern] = []
