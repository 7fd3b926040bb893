from accounts.admin import customers, mail, money, onboarding, people, playbooks, segments, work

__all__ = ["customers", "mail", "money", "onboarding", "people", "playbooks", "segments", "work"]
