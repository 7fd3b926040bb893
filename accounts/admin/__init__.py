from accounts.admin import customers, money, people, segments, work

__all__ = ["customers", "money", "people", "segments", "work"]
