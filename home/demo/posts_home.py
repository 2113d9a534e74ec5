"""Posts about what people can do at home: the neck and the evening."""

from datetime import date

from home.block_values import bullets, call_to_action, callout, faq, heading, link, paragraph, quote, steps
from home.demo.shapes import Post

STIFF_NECK = Post(
    slug="desk-stretches-for-a-stiff-neck",
    title="Four desk stretches for a stiff neck",
    standfirst=(
        "Four slow movements, two minutes, no equipment. Stay in your chair and keep your shoulders out "
        "of it."
    ),
    search_description=(
        "Four gentle stretches for a stiff neck that you can do in your chair, how often to do them, and "
        "when to see a doctor instead."
    ),
    date=date(2026, 8, 6),
    author="tobias-adeyemi-wren",
    category="everyday-care",
    tags=("neck", "movement", "at work"),
    hero="neck-stretch",
    reviewed_by="Ines Calloway, acupuncturist",
    last_reviewed=date(2026, 8, 3),
    next_review=date(2027, 8, 3),
    body=[
        paragraph(
            "A stiff neck after a day at a screen is rarely a sign of harm. More often it is a neck that "
            "has held one position for too long. It asks for movement, little and often.",
        ),
        callout(
            "urgent",
            "Do not stretch if any of this is true",
            "Call 999 or go to A&amp;E if your neck is stiff and you also have a fever, a very bad "
            "headache, a rash, or light hurts your eyes; if it began with a fall or a crash; or if an "
            "arm or a leg is weak or numb.",
        ),
        heading("How to do them"),
        paragraph(
            "Sit towards the front of your chair with both feet flat. Let your hands rest in your lap. "
            "Move slowly, stop where you feel a mild pull, and keep breathing. A pull is fine. Pain is "
            "not.",
        ),
        heading("The four movements"),
        paragraph(
            steps(
                "<b>Tilt.</b> Let your right ear sink towards your right shoulder. Stay for three "
                "breaths. Change sides.",
                "<b>Turn.</b> Look over your left shoulder as if someone had said your name. Stay for "
                "three breaths. Change sides.",
                "<b>Nod.</b> Draw your chin straight back, as if to make a double chin, then let it drop "
                "a little. Five times.",
                "<b>Roll.</b> Lift both shoulders to your ears, roll them back and let them go. Five times.",
            ),
            "The whole round takes about two minutes.",
        ),
        quote(
            "People want to know the best position. The best position is the next one.",
            "Tobias Adeyemi-Wren, physiotherapist",
        ),
        heading("How often?"),
        paragraph(
            "Once an hour is better than ten minutes in the evening. Tie it to something you already do: "
            "the kettle, the end of a call, the moment a document is sent. If you forget, begin again. "
            "Nothing is lost.",
        ),
        heading("Three changes that make it easier"),
        paragraph(
            bullets(
                "Raise the screen until its top edge is level with your eyes.",
                "Bring the keyboard close enough that your elbows hang at your sides.",
                "Use a headset if you are on the telephone for more than a few minutes.",
            ),
        ),
        faq(
            "Good to know",
            (
                "My neck clicks. Is that bad?",
                "Clicking without pain is common and usually harmless.",
            ),
            (
                "How long until it helps?",
                "Many people notice a difference within a week. If nothing has changed after three, or "
                "it gets worse, have it looked at.",
            ),
        ),
        call_to_action(
            "Has it been going on for longer?",
            "We can look at how you sit, move and sleep, and make a plan with you.",
            "Contact the clinic",
            "contact",
        ),
    ],
)

QUIET_EVENING = Post(
    slug="a-quiet-evening",
    title="A quiet evening: small habits before sleep",
    standfirst=(
        "You cannot order yourself to sleep. You can make the last hour of the day a little dimmer, "
        "slower and duller."
    ),
    search_description=(
        "Small, realistic habits for the last hour before bed, what to do when you lie awake, and when to "
        "ask for help."
    ),
    date=date(2026, 7, 16),
    author="tobias-adeyemi-wren",
    category="everyday-care",
    tags=("sleep", "routine"),
    hero="moon-and-window",
    body=[
        paragraph(
            "Nobody falls asleep by trying. Sleep comes when the day has clearly ended, and many of our "
            "days no longer end clearly. The habits below are small on purpose. Choose one, keep it for "
            "a week, then think about a second.",
        ),
        heading("Pick a closing time"),
        paragraph(
            "Shops have one. Choose an hour after which you answer no messages and start nothing new. "
            "Put tomorrow’s worries on paper, with one next step beside each of them. Then shut the "
            "notebook.",
        ),
        heading("Turn things down"),
        paragraph(
            bullets(
                "Light: one lamp instead of the ceiling light.",
                "Sound: the same quiet record, or none.",
                "Warmth: a warm bath or shower an hour before bed, then a cool bedroom.",
                "Screens: leave the telephone to charge in another room. An alarm clock costs less than "
                "a bad night.",
            ),
        ),
        heading("Breathe out for longer"),
        paragraph(
            "Breathe in while you count to four, and out while you count to six. Ten rounds are enough. "
            "Do not force it; if counting irritates you, leave it out. Our practitioners report that "
            "people who do this in the treatment room often take it home with them.",
        ),
        callout(
            "info",
            "Awake at three?",
            "If you have been awake for what feels like twenty minutes, get up. Sit somewhere dim, do "
            "something dull, and go back when you are sleepy. Do not look at the clock.",
        ),
        heading("Mornings count as well"),
        paragraph(
            "Get up at the same time each day, even after a poor night, and see daylight soon "
            "afterwards. Regular mornings make for regular evenings. Coffee lasts longer than its taste "
            "does, so try to have the last cup before two.",
        ),
        heading("When to ask for help"),
        paragraph(
            "See your doctor if sleep has been poor on most nights for a month, if you snore heavily and "
            "wake up tired, or if low mood keeps you awake. There are good treatments for all of these. "
            "Please do not stop a sleeping tablet on your own.",
            "Is it a stiff neck that wakes you? Try "
            f"{link('desk-stretches-for-a-stiff-neck', 'these four stretches')} during the day.",
        ),
        call_to_action(
            "Would you like to talk about it?",
            "Sleep is one of the things we ask everyone about. You do not need another reason to come.",
            "Contact the clinic",
            "contact",
        ),
    ],
)

HOME_POSTS = (STIFF_NECK, QUIET_EVENING)
