"""Every address of the workspace."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from cs_workspace.web.views.login import WorkspaceLogin

urlpatterns = [
    path("login/", WorkspaceLogin.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include("cs_workspace.web.urls")),
    path("", include("accounts.urls")),
    path("", include("health.urls")),
    path("", include("renewals.urls")),
    path("", include("qbr.urls")),
    path("admin/", admin.site.urls),
]

handler403 = "cs_workspace.web.views.errors.no_permission"
handler404 = "cs_workspace.web.views.errors.not_found"
handler500 = "cs_workspace.web.views.errors.failed"
