"""What people sent through the contact page, oldest first."""

from home.demo.shapes import Message

MESSAGES = (
    Message(
        name="Petra Lindqvist-Hale",
        email="petra.lh@example.org",
        telephone="01632 960388",
        at="2026-11-13 08:12",
        subject="Something else",
        handled=True,
        text=(
            "I think I left a grey scarf in the waiting room on Wednesday. If it turns up, could you keep "
            "it at the desk? I am back next week. Thank you, and thank you to Tobias for the two-minute "
            "neck routine."
        ),
    ),
    Message(
        name="Kofi Brandreth",
        email="kofi@example.net",
        at="2026-11-17 20:41",
        subject="An appointment",
        reach="After six",
        text=(
            "I read your article about scalp and body acupuncture. Is the free first conversation "
            "something you also do by telephone? I live about an hour away and would like to ask two "
            "questions before I make the trip."
        ),
    ),
    Message(
        name="Rosalind Achterberg",
        email="rosalind.a@example.org",
        telephone="01632 960521",
        at="2026-11-19 14:05",
        subject="An appointment",
        reach="In the morning",
        text=(
            "Hello, I would like to book a first visit for my mother. She uses a wheelchair and hears "
            "better with her left ear. Would a Tuesday or Thursday morning be possible in December? I "
            "would come with her."
        ),
    ),
)
