from renewals.admin import authority, timelines

__all__ = ["authority", "timelines"]
