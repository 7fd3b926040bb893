"""Accounts and contacts."""

from typing import Any

from accounts.models import Account
from accounts.services.upserting import set_parents, upsert_accounts, upsert_contacts
from cs_workspace.web.importing.loaders.base import WARNING, Loader, Outcome

# What accounts are said to be is settled once their contracts are known; parents once all accounts are.
SETTLED_LATER = ("churned", "churned_on", "is_trial", "stated_arr", "parent")
# What an empty cell means where an account has no empty value, as SQL over the staged column
WHOLE = {
    "time_zone": "COALESCE(NULLIF(time_zone, ''), 'UTC')",
    "stage": f"COALESCE(NULLIF(stage, ''), '{Account.Stage.ESTABLISHED}')",
}


class AccountLoader(Loader):
    """Accounts: what is said of their standing is kept as claims, for contracts decide."""

    def staged(self) -> dict[str, str]:
        """The parent stays a name: it may stand further down in the same file."""
        columns = super().staged()
        if "parent" in self.fields:
            columns.pop("parent_id")
            columns["parent"] = "text"
        return columns

    def write(self) -> list[Outcome]:
        """Accounts, then their parents."""
        outcome = Outcome("accounts", total=self.stage.count())
        fields = [name for name in self.stage.columns if name not in SETTLED_LATER]
        columns = ["key", *(WHOLE.get(name, f'"{name}"') for name in fields)]
        for rows in self.stage.portions(columns):
            done = upsert_accounts(source=self.run.source, fields=fields, rows=rows, by=self.run.by)
            outcome.count(done.new, done.changed)
            self.run.touched |= done.account_ids
        if {*SETTLED_LATER} & self.fields.keys():
            self._settle_later()
        return [outcome]

    def _settle_later(self) -> None:
        parents: dict[str, str] = {}
        for rows in self.staged_rows():
            self._keep_claims(rows)
            parents |= {row["key"]: row["parent"] for row in rows if row.get("parent")}
        self._hang(parents)

    def _keep_claims(self, rows: list[dict[str, Any]]) -> None:
        found = self.run.references.accounts.all([row["key"] for row in rows])
        for row, account in zip(rows, found, strict=True):
            pk = account.pk
            if "is_trial" in row:
                self.run.claim(pk).is_trial = row["is_trial"]
                if row["is_trial"]:
                    self.run.trial_claimed[pk] = self.place(row["file"], row["line"], "is_trial", "true")
            if row.get("churned") or row.get("churned_on"):
                claim = self.run.claim(pk)
                claim.churned, claim.churned_on = True, row.get("churned_on")
                name = "churned" if row.get("churned") else "churned_on"
                said = "true" if row.get("churned") else str(row["churned_on"] - self.run.shift)
                place = self.place(row["file"], row["line"], name, said)
                self.run.churn_claimed.setdefault(pk, []).append(place)
            if row.get("stated_arr") is not None:
                place = self.place(row["file"], row["line"], "stated_arr", str(row["stated_arr"]))
                self.run.stated_arr[pk] = row["stated_arr"], place

    def _hang(self, parents: dict[str, str]) -> None:
        if not parents:
            return
        self.run.references.forget()
        known = self.run.references.accounts.all(sorted({*parents.values()}))
        unknown = {name for name, found in zip(sorted({*parents.values()}), known, strict=True) if found is None}
        unknown |= {child for child, parent in parents.items() if child == parent}
        if unknown:
            for chunk in self.stage.chunks(["key", "file", "line", "parent"]):
                for key, file, line, parent in chunk:
                    if parent and parent in unknown:
                        summary = "is the account itself" if parent == key else "names no known account"
                        self.run.report(WARNING, self.place(file, line, "parent", parent), summary)
        set_parents(source=self.run.source, parents=parents, by=self.run.by)


class ContactLoader(Loader):
    """Contacts of accounts."""

    def write(self) -> list[Outcome]:
        """Contacts; who left on a day has left, whether a status says so or not. Both are written or neither."""
        outcome = Outcome("contacts")
        fields = list(self.stage.columns)
        if {"left_on", "status"} & {*fields}:
            fields = list(dict.fromkeys([*fields, "left_on", "status"]))
        for rows in self.staged_rows():
            for row in rows:
                row["left_on"] = row.get("left_on")
                row["status"] = "left" if row["left_on"] else row.get("status", "active")
            self.upsert(outcome, upsert_contacts, fields, rows)
        return [outcome]
