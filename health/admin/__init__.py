from health.admin import alerts, custom_metrics, runs, scorecards, signals

__all__ = ["alerts", "custom_metrics", "runs", "scorecards", "signals"]
