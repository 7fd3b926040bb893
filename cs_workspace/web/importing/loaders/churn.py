"""Churn as other systems report it: kept as events, and as a claim that contracts decide on."""

from typing import Any

from cs_workspace.common import clock
from cs_workspace.web.importing.loaders.base import Outcome
from cs_workspace.web.importing.loaders.observations import EventLoader
from health.domain.observations import EventRow

EVENT_NAME = "Churn reported"
# Events and churn of one source may share their keys.
KEY_PREFIX = "churn/"


class ChurnLoader(EventLoader):
    """Reports of churn."""

    happened = "day"
    label = "churn events"

    def write(self) -> list[Outcome]:
        """Events; the latest day of each account is when it is said to have left."""
        self.stage.rekey(KEY_PREFIX)
        for rows in self.staged_rows():
            for row in rows:
                claim = self.run.claim(row["account_id"])
                claim.churned = True
                claim.churned_on = max(row["day"], claim.churned_on or row["day"])
                place = self.place(row["file"], row["line"], "day", str(row["day"] - self.run.shift))
                self.run.churn_claimed.setdefault(row["account_id"], []).append(place)
        return super().write()

    def made(self, row: dict[str, Any]) -> EventRow:
        """The event of one report."""
        said = {name: row[name] for name in ("reason", "comment", "refund", "reactivation") if row.get(name)}
        if "refund" in said:
            said["refund"] = f"{said['refund'].normalize():f}"  # 67.0 and 67 are the same refund
        return EventRow(
            row["account_id"],
            EVENT_NAME,
            clock.start_of(row["day"]),
            properties=said,
            source=self.run.source,
            external_id=row["key"],
        )
