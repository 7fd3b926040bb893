from accounts.admin import customers, mail, money, onboarding, people, playbooks, segments, sequences, work

__all__ = ["customers", "mail", "money", "onboarding", "people", "playbooks", "segments", "sequences", "work"]
