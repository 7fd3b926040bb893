from health.admin import alerts, custom_metrics, runs, scorecards, signals, surveys

__all__ = ["alerts", "custom_metrics", "runs", "scorecards", "signals", "surveys"]
