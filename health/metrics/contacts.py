"""The stakeholder map."""

import numpy as np

from health.metrics.registry import Asked, Columns, reads

NO_DEPTH, CHAMPION, MULTI_THREADED = 0.0, 1.0, 2.0
MULTI_CONTACTS, MULTI_FUNCTIONS = 3, 2

# Present as of the day: somebody who left later was still there.
CONTACTS = """
    SELECT account_id, 1 AS mapped,
        max(COALESCE(influence, -1)) FILTER (WHERE present AND 'champion' = ANY(roles)) AS champion,
        count(*) FILTER (WHERE present AND 'sponsor' = ANY(roles)) AS sponsors,
        count(*) FILTER (WHERE present AND 'decision_maker' = ANY(roles)) AS deciders,
        count(*) FILTER (WHERE present AND roles && '{champion,sponsor,technical_lead}') AS voices,
        count(*) FILTER (WHERE present AND engagement = 'engaged') AS engaged,
        count(DISTINCT function) FILTER (WHERE present AND engagement = 'engaged' AND function <> '') AS functions,
        count(*) FILTER (
            WHERE left_on > %(day)s::date - 90 AND left_on <= %(day)s::date
                AND roles && '{champion,sponsor,decision_maker}'
        ) AS changes
    FROM (
        SELECT *, left_on IS NULL OR left_on > %(day)s::date AS present
        FROM accounts_contact WHERE account_id = ANY(%(ids)s) AND archived_at IS NULL
    ) contact
    GROUP BY account_id
"""


@reads(
    "champion_strength",
    "exec_sponsor",
    "buying_committee",
    "contact_count",
    "relationship_depth",
    "stakeholder_changes",
)
def contacts(asked: Asked) -> Columns:
    """Unknown for accounts of which no contact is known. Without a champion the strength is 0; it is unknown where
    nobody has stated the champion's influence. A buying committee is a decision maker with a champion, sponsor or
    technical lead beside. Key roles are champion, executive sponsor and decision maker.
    """
    seen = asked.rows(CONTACTS)
    mapped = seen["mapped"] == 1
    champion = seen["champion"]
    multi = (seen["engaged"] >= MULTI_CONTACTS) & (seen["functions"] >= MULTI_FUNCTIONS)
    depth = np.select([multi, ~np.isnan(champion)], [MULTI_THREADED, CHAMPION], NO_DEPTH)
    # No champion is strength 0; a champion whose influence nobody has stated (−1) is unknown.
    strength = np.where(np.isnan(champion), 0.0, np.where(champion < 0, np.nan, champion))
    known = {
        "champion_strength": strength,
        "exec_sponsor": seen["sponsors"] > 0,
        "buying_committee": (seen["deciders"] > 0) & (seen["voices"] > 0),
        "contact_count": seen["engaged"],
        "relationship_depth": depth,
        "stakeholder_changes": seen["changes"],
    }
    return {name: np.where(mapped, column, np.nan) for name, column in known.items()}
