from health.admin import alerts, runs, scorecards

__all__ = ["alerts", "runs", "scorecards"]
