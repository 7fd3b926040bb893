"""What customers fill in, and how results are narrowed down and people asked."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from accounts.forms.fields import DialogForm
from accounts.models import Account, Contact
from health.domain.surveys import AnswerClass, ends_of, scale_of
from health.models import Survey, SurveyAnswer, SurveyAsk, SurveyQuestion, SurveyReply
from health.queries.survey_words import ResultsFilter
from health.services.answering import LONGEST, Said, question_by_class

FIVE = {1: "Very poor", 2: "Poor", 3: "So so", 4: "Good", 5: "Very good"}


class SurveyForm(DialogForm):
    """The questions beside the score, as fields `reply_1`, `reply_2`."""

    def __init__(self, *args: Any, ask: SurveyAsk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask = ask
        said = {reply.place: reply for reply in ask.replies.all()}
        for question in ask.survey.questions.all():
            self.fields[f"reply_{question.place}"] = _field_of(question, said.get(question.place))

    @property
    def replies(self) -> dict[int, Said]:
        """What was said, by place."""
        return {place: _said(self.cleaned_data[f"reply_{place}"]) for place in self._places()}

    @property
    def questions(self) -> list[BoundField]:
        """The fields of the questions, in their order."""
        return [self[f"reply_{place}"] for place in self._places()]

    def _places(self) -> list[int]:
        return [question.place for question in self.ask.survey.questions.all()]


class AnswerForm(SurveyForm):
    """The score and why; the other questions may be left."""

    def __init__(self, *args: Any, ask: SurveyAsk, **kwargs: Any) -> None:
        super().__init__(*args, ask=ask, **kwargs)
        scale = scale_of(ask.survey.kind)
        self.fields["score"] = forms.TypedChoiceField(
            coerce=int,
            choices=[(score, str(score)) for score in scale],
            widget=forms.RadioSelect,
            label=ask.survey.question,
            error_messages={"required": f"Choose a number from {scale[0]} to {scale[-1]}."},
        )
        self.fields["comment"] = _words(ask.survey.reason_question, help_text="May be empty. A person reads it.")

    @property
    def ends(self) -> tuple[str, str]:
        """What the ends of the scale mean."""
        return ends_of(self.ask.survey.kind)


class MoreForm(SurveyForm):
    """What is said once the score is given: why, the question by its class, and the others; all may be left."""

    def __init__(self, *args: Any, ask: SurveyAsk, **kwargs: Any) -> None:
        super().__init__(*args, ask=ask, **kwargs)
        comment = ask.answer.comment if ask.answer else ""
        self.fields["comment"] = _words(ask.survey.reason_question, initial=comment)
        question = question_by_class(ask)
        if question:
            said = next((one.text for one in ask.replies.all() if one.place == SurveyReply.FOLLOW_UP), "")
            self.fields["follow_up"] = _words(question, initial=said)
        elif question is None and ask.survey.promoter_question:
            self.fields["agreed"] = forms.BooleanField(required=False, label=ask.survey.promoter_question)

    @property
    def replies(self) -> dict[int, Said]:
        """Those to the question by class as well."""
        words = self.cleaned_data.get("follow_up", "")
        return super().replies | ({SurveyReply.FOLLOW_UP: Said(text=words)} if words else {})


class ResultsFilterForm(forms.Form):
    """Which survey, of whom, and which of the answers."""

    kind = forms.ChoiceField(choices=SurveyAnswer.Kind.choices, required=False)
    segment = forms.CharField(required=False, max_length=30)
    said = forms.ChoiceField(choices=[("all", "All"), *((one.value, one.value) for one in AnswerClass)], required=False)
    q = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": "Search what was written", "autocomplete": "off"}),
    )

    def wanted(self) -> ResultsFilter:
        """What was chosen; what makes no sense is left out."""
        chosen = {name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)}
        return ResultsFilter(**chosen)


class AskForm(DialogForm):
    """Whom to ask what."""

    layout = [["contact"], ["survey"]]

    contact = forms.ModelChoiceField(Contact.objects.none(), label="Whom")
    survey = forms.ModelChoiceField(Survey.objects.none(), label="What")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = Contact.objects.present().filter(account=account)  # type: ignore[attr-defined]
        self.fields["survey"].queryset = Survey.objects.exclude(kind="review")  # type: ignore[attr-defined]
        self.fields["survey"].help_text = "It goes out by e-mail at once, with a link for each score."


def _words(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST, required=False, label=label, widget=forms.Textarea(attrs={"rows": 3}), **more
    )


def _field_of(question: SurveyQuestion, said: SurveyReply | None) -> forms.Field:
    if question.kind == SurveyQuestion.Kind.TEXT:
        return _words(question.text, initial=said.text if said else "")
    return forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        choices=[(score, f"{score} – {words}") for score, words in FIVE.items()],
        widget=forms.RadioSelect,
        required=False,
        label=question.text,
        initial=said.score if said else None,
    )


def _said(value: Any) -> Said:
    return Said(score=value) if isinstance(value, int) else Said(text=value or "")
