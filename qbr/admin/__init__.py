from qbr.admin import segments

__all__ = ["segments"]
