from qbr.admin import branding, segments

__all__ = ["branding", "segments"]
