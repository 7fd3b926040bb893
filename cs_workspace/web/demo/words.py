"""What people at Northwind and at its customers write down. `{…}` is filled from the account."""

GOOD, FAIR, BAD = "positive", "neutral", "negative"

CALLS = {
    GOOD: (
        "{person} is pleased with the roll-out; two more teams ask to join.",
        "Walked through last month's figures. {person} presents them to the board next week.",
        "{person} showed us how the team uses {feature}; would make a good reference story.",
        "Roadmap call. They want to be early users of the next release.",
        "Short check-in: nothing open, {person} thanked support for the quick fix.",
    ),
    FAIR: (
        "Status call with {person}. Usage is fine, {feature} is still unknown to most of the team.",
        "Went through open questions; {person} will name owners for the next steps.",
        "{person} asked for a comparison of plans before the budget round.",
        "Planned the training for new starters.",
        "Reviewed the goals of the quarter: one done, two under way.",
    ),
    BAD: (
        "{person} doubts that the team gets enough out of {product}. Usage has fallen since the reorganisation.",
        "Tense call: {person} listed open problems and asked who decides about them at our side.",
        "{person} mentioned that they are evaluating a competitor, Taskmere.",
        "Procurement joined and asked what notice period applies if they do not renew.",
        "The rollout has stopped; nobody owns {product} since the last changes in the team.",
    ),
}
MAILS_OUT = (
    "Sent the monthly usage summary.",
    "Sent tips for {feature}.",
    "Asked for a date for the next review.",
    "Shared the release notes with a note on {feature}.",
    "Followed up on the open actions of our last call.",
)
MAILS_IN = {
    GOOD: ("{person} shared kind words from the team.", "{person} asked how to add more people."),
    FAIR: ("{person} asked a question about {feature}.", "{person} moved the next meeting by a week."),
    BAD: ("{person} complained about waiting times in support.", "{person} asked how to export all of their data."),
}
MISSED = ("Nobody joined. Asked for a new date.", "Cancelled by the customer at short notice.")
REVIEWS = {
    GOOD: "Business review with {person}: goals met, three actions agreed, expansion to another site discussed.",
    FAIR: "Business review with {person}: half of the goals met, four actions agreed.",
    BAD: "Business review with {person}: value is questioned, recovery plan asked for.",
}
SAVES = "Executive call with {person}: causes agreed, a 30-day recovery plan with weekly checkpoints begins."
NEXT_STEPS = {
    GOOD: ("Ask for a case study", "Offer more seats", "", ""),
    FAIR: ("Send the training plan", "Propose a session on {feature}", "Name owners for the open points", ""),
    BAD: ("Agree on a recovery plan", "Bring in our head of support", "Call the sponsor", ""),
}
TICKETS = (
    "Cannot sign in after the update",
    "{feature}: page loads slowly",
    "{feature}: wrong totals",
    "Import stops at row 2,000",
    "How do we add users in bulk?",
    "{feature}: notification comes twice",
    "Single sign-on asks again and again",
    "Report shows last month's figures",
    "{feature}: question about permissions",
    "API answers 429 during the nightly run",
    "Change of billing address",
    "{feature} missing on mobile",
)
TICKETS_CRITICAL = (
    "Nobody can sign in",
    "{feature} down for all users",
    "Data of yesterday is gone",
    "Single sign-on loop for a whole site",
    "{feature}: runs stuck since this morning",
)
ANSWERS = {
    GOOD: ("Does what it promises.", "Great support, quick answers.", "It has become part of our day.", "", ""),
    FAIR: ("Good, but reporting could be richer.", "Fine so far.", "Takes time to learn.", "", ""),
    BAD: (
        "Too many open tickets.",
        "We do not see the value that we were promised.",
        "Nobody told us about the changes.",
        "Too expensive for what we use.",
        "",
    ),
}
EXITS = (
    "We moved to another tool.",
    "Budget was cut; we had to choose.",
    "After our champion left nobody took it over.",
    "The problems were not solved in time.",
)
COURSES = (
    "Administrator basics",
    "First workflow",
    "Reporting",
    "Rollout for team leads",
    "Integrations",
    "Advanced automation",
)
WEBINARS = ("Product news", "Customers show", "Automation in practice", "Reporting hour")
JUDGED = {
    "aligned": ("Their goals for the year build on us.", "Sponsor names us in the strategy."),
    "uncertain": ("New management, plans not clear yet.", "Budget round still open."),
    "misaligned": ("They plan to consolidate tools.", "Price is questioned by finance."),
}

# Tasks: title and outcome once done, by what they answer.
TASKS = {
    "renewal": (
        ("Send renewal options to {person}", "Options sent, decision in two weeks"),
        ("Prepare renewal call with {person}", "Held; wants the same terms"),
    ),
    "trouble": (
        ("Agree on a recovery plan with {person}", "Plan agreed, weekly checkpoints"),
        ("Call {person} about falling usage", "Reached; two causes named"),
        ("Find a new champion", "Introduced to the deputy"),
        ("Settle open tickets with support", "All but one closed"),
    ),
    "growth": (
        ("Offer more seats to {person}", "Quote sent for ten seats"),
        ("Ask {person} for a case study", "Agreed, interview in two weeks"),
        ("Show {feature} to the second team", "Shown; trial begins Monday"),
    ),
    "onboarding": (
        ("Hold the kick-off with {person}", "Held, goals written down"),
        ("Check that the first workflow is live", "Live with six users"),
        ("Plan the administrator training", "Two dates agreed"),
    ),
    "usual": (
        ("Plan the next business review", "Date agreed with the sponsor"),
        ("Introduce {feature}", "Session held, recording sent"),
        ("Send the quarterly summary", "Sent to sponsor and champion"),
        ("Update the stakeholder map", "Two new contacts added"),
        ("Ask {person} how the training went", "Good; follow-up wanted for admins"),
    ),
}
NOTE_PLAIN = (
    "**Context.** {person} runs {product} for three teams. Decisions are made in the spring round.",
    "Prefers e-mail over calls; never on Fridays.\n\n- invoice goes to the shared mailbox\n- reviews in English",
    "Uses {product} together with an in-house tool. A **second site** may follow next year.",
    "Wants to see *{feature}* in the next review.",
)
NOTE_MEETING = (
    "## Meeting notes\n\n- goals of the quarter reviewed with {person}\n- {feature} to be tried by the second team\n"
    "- **next:** send the plan by Friday"
)
NOTE_HANDOVER = (
    "## Hand-over\n\n**Who matters:** {person}\n\n**Bought:** {product}, {seats} seats\n\n"
    "**Promised in sales:** first workflow within 30 days, training for administrators included."
)
NOTE_RISK = (
    "## Churn-risk assessment\n\n**Level:** high\n\n**What we see**\n\n- usage below a third of its usual level\n"
    "- {sign}\n\n**What we do**\n\n1. executive call within 48 hours\n2. settle what is open\n"
    "3. agree on a 30-day plan with {person}\n4. weekly checkpoint"
)
SIGNS = {
    "champion": "the champion has left and nobody has taken over",
    "tickets": "a wave of tickets, then silence",
    "price": "invoices are paid late and finance asks for a lower price",
    "onboarding": "the rollout never reached half of the users",
    "fading": "fewer people come every month, meetings are missed",
}
