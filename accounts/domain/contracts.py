"""What a contract may say."""

from typing import Final

# Days of notice: ten years, as long as a contract lasts at most. What is more was mistyped, and leads out of the
# calendar where days are counted back from an end.
MOST_NOTICE: Final = 3_650
