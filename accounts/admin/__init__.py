from accounts.admin import customers, money, onboarding, people, playbooks, segments, work

__all__ = ["customers", "money", "onboarding", "people", "playbooks", "segments", "work"]
