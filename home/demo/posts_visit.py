"""Posts about coming to the clinic: the first visit, getting ready, clean needles, private words."""

from datetime import date

from home.block_values import (
    bullets,
    call_to_action,
    callout,
    comparison,
    faq,
    heading,
    link,
    paragraph,
    quote,
    steps,
)
from home.demo.shapes import Post

PRIVATE_WORDS = Post(
    slug="what-we-do-with-what-you-tell-us",
    title="What we do with what you tell us",
    standfirst=(
        "A clinic hears private things. Here is where your words go, who can read them, and how to have "
        "them removed."
    ),
    search_description=(
        "Where your notes, messages and comments are kept at Osierbrook Clinic, who can read them, and "
        "how to have them removed."
    ),
    date=date(2026, 10, 29),
    author="tobias-adeyemi-wren",
    category="your-visit",
    tags=("privacy", "your visit"),
    hero="sealed-letter",
    body=[
        paragraph(
            "You may tell us things that you have told nobody else. You should know what becomes of "
            "them. The short answer: we write down what helps us to treat you, we keep it apart from "
            "this website, and we show it to as few people as we can.",
        ),
        heading("What is said in the treatment room"),
        paragraph(
            "Your practitioner keeps notes: what you came with, what was done, how you were afterwards. "
            "Those notes live in the clinic’s record system. They are never on this site. Only the "
            "people who treat you can open them, and every opening is logged.",
            "We write to your doctor if you ask us to, or if you say yes when we ask. You can read the "
            "letter first.",
        ),
        heading("What you send through this site"),
        comparison(
            "Messages and comments are handled differently",
            ("A message to us", "A comment on an article"),
            [
                ("Who reads it?", "The front desk.", "A moderator first, then everybody."),
                (
                    "Is it published?",
                    "Never.",
                    "Yes, once a moderator has approved it. Your name is shown with it.",
                ),
                (
                    "What about my email address?",
                    "We use it to answer you.",
                    "It is not published. It is stored encrypted.",
                ),
                ("Can I take it back?", "Yes. Ask us and we delete it.", "Yes, yourself or by asking us."),
            ],
        ),
        callout(
            "warning",
            "Please leave your health details out of comments",
            "A comment can be read by anyone once it is approved. If your question is about you, "
            f"{link('contact', 'write to us')} or telephone instead.",
        ),
        heading("What we do not do"),
        paragraph(
            bullets(
                "We do not sell or lend your details.",
                "We do not put other companies’ trackers, fonts or maps on these pages.",
                "We do not add you to a mailing list because you wrote to us.",
            ),
        ),
        heading("If you change your mind"),
        paragraph(
            "Tell us, in any way that suits you, and we will send you what this site keeps about you or "
            "remove it. If you remove a comment, other people’s replies to it stay. They are their "
            f"words, not yours or ours. The {link('privacy', 'privacy page')} has the details.",
        ),
        quote(
            "If I would not say it aloud in the waiting room, it does not belong on a screen that faces "
            "the waiting room.",
            "A rule taped to the front desk",
        ),
    ],
)

CLEAN_NEEDLES = Post(
    slug="how-needles-are-kept-sterile",
    title="How our needles are kept sterile",
    standfirst=(
        "One packet, one person, one use. What you will see us do, step by step, and what you are free to "
        "ask."
    ),
    search_description=(
        "Single-use needles, sealed packets and a sharps bin: how Osierbrook Clinic keeps acupuncture "
        "needles sterile."
    ),
    date=date(2026, 10, 8),
    author="ines-calloway",
    category="treatments",
    tags=("acupuncture", "safety"),
    hero="sterile-packet",
    reviewed_by="Tobias Adeyemi-Wren, physiotherapist",
    last_reviewed=date(2026, 10, 5),
    next_review=date(2027, 10, 5),
    body=[
        paragraph(
            "It is one of the first things people want to know and one of the last they dare to ask. Are "
            "the needles clean? Yes. They arrive sterile, they are opened in front of you and nobody "
            "uses them twice.",
        ),
        heading("Before the needle"),
        paragraph(
            "Each needle comes in a sealed packet with a date on it. The seal is paper on one side, so "
            "that the packet can be sterilised after it is closed. If a seal is torn, damp or out of "
            "date, we throw the whole packet away.",
            "Your practitioner washes both hands with soap, dries them, and cleans them again with a rub "
            "before touching you. The skin where the needle will go must be clean too. Make-up or sun "
            "cream on the spot is wiped off.",
        ),
        heading("What you will see"),
        paragraph(
            steps(
                "The packet is shown to you, closed.",
                "It is opened at your side, not in another room.",
                "The needle is held by its handle. The part that enters the skin is never touched.",
                "The needle comes out and goes straight into a hard yellow box, the sharps bin.",
                "We count: as many needles out as went in.",
            ),
            "The count is said aloud. It may sound old-fashioned. It is also how we know that no needle "
            "has stayed behind in your hair or your sleeve.",
        ),
        callout(
            "info",
            "You can stop us at any step",
            "If you did not see the packet being opened, say so. We start again with a new one. Nobody "
            "will be offended.",
        ),
        heading("What happens to the sharps bin"),
        paragraph(
            "A licensed carrier collects the bin and its contents are burnt. The bin cannot be opened "
            "again once it has been closed. We keep the collection notes for three years.",
        ),
        faq(
            "Short answers",
            (
                "Do you ever sterilise and reuse needles?",
                "No. There is no machine for that in the clinic.",
            ),
            (
                "I am allergic to some metals. What should I do?",
                "Tell us before your visit. The needles are stainless steel, which contains nickel. We "
                "will talk through other ways to help.",
            ),
            (
                "Is a small bruise a sign of a dirty needle?",
                "No. A bruise means that a tiny blood vessel was touched. It should fade in a few days. "
                "If a place turns hot, red or sore, see your doctor and tell us.",
            ),
        ),
        call_to_action(
            "Still unsure?",
            "Ask us before you book. We would sooner answer ten questions than have you lie there wondering.",
            "Ask a question",
            "contact",
        ),
    ],
)

GETTING_READY = Post(
    slug="preparing-for-your-appointment",
    title="Preparing for your appointment",
    standfirst=(
        "Eat something, wear loose sleeves, bring your list of medicines. The rest can wait until you are "
        "here."
    ),
    search_description=(
        "What to eat, wear and bring before an appointment at Osierbrook Clinic, and when it is wiser to "
        "stay at home."
    ),
    date=date(2026, 9, 17),
    author="ines-calloway",
    category="your-visit",
    tags=("your visit", "acupuncture"),
    hero="calendar-and-tea",
    body=[
        paragraph(
            "You do not have to do much. A few small things make the session easier for you and save you "
            "from answering our questions twice.",
        ),
        heading("The day before"),
        paragraph(
            "Write down the medicines you take, with the doses. Include the ones from the supermarket "
            "and anything herbal. A photograph of the boxes will do.",
            "Think of one thing you would like to be easier. “I want to turn my head when I reverse the "
            "car” tells us more than “my neck is bad”.",
        ),
        heading("On the day"),
        paragraph(
            bullets(
                "Eat a light meal an hour or two before. People who come hungry are more likely to feel "
                "faint.",
                "Drink what you usually drink. There is no need to avoid tea or coffee.",
                "Wear sleeves and trousers that roll up past the elbow and the knee.",
                "For scalp acupuncture, come with dry hair and leave out gel or spray.",
                "Leave ten minutes between parking and the front door.",
            ),
        ),
        callout(
            "warning",
            "Stay at home if you are unwell",
            "Please telephone and move your appointment if you have a fever, a stomach upset or an "
            "infection that others could catch. There is no charge for that, however late you ring.",
        ),
        heading("Getting in"),
        paragraph(
            "There are two steps at the front door and a ramp beside them. The treatment rooms are on the "
            "ground floor, and a wheelchair turns easily in each of them. If you would like someone with "
            "you, bring them. There is a second chair in every room.",
            "If you read lips, or need an interpreter or a longer appointment, tell us when you book. We "
            "then plan the time around you.",
        ),
        heading("Afterwards"),
        paragraph(
            "Practitioners report that many people feel calm or a little sleepy for an hour. Plan "
            "nothing hurried. If it is your first time, sit with us over a glass of water before you "
            "drive.",
            f"Curious about the hour itself? Read {link('first-visit', 'what happens at your first visit')}.",
        ),
        call_to_action(
            "Something we should know beforehand?",
            "A line or two is enough. Please leave out health records; we ask about those in person.",
            "Write to the front desk",
            "contact",
        ),
    ],
)

FIRST_VISIT = Post(
    slug="first-visit",
    title="What happens at your first visit",
    standfirst=(
        "An hour, two chairs and more listening than needles. Here is the order of things, so that "
        "nothing takes you by surprise."
    ),
    search_description=(
        "The first hour at Osierbrook Clinic in order: talking, a short examination, an agreed plan, and "
        "treatment only if you want it."
    ),
    date=date(2026, 8, 27),
    author="tobias-adeyemi-wren",
    category="your-visit",
    tags=("your visit", "first steps"),
    hero="two-chairs",
    body=[
        paragraph(
            "Most people are a little tense before a first visit. Often it is not the treatment that "
            "worries them. It is not knowing what comes next. So here is what comes next.",
        ),
        heading("The first ten minutes"),
        paragraph(
            "Wilf at the front desk greets you and gives you one sheet of paper. It asks for your name, "
            "someone to ring in an emergency, and your medicines. You can fill it in by yourself, or he "
            "will do it with you.",
        ),
        heading("Talking, for about twenty minutes"),
        paragraph(
            "You sit down with your practitioner. You tell the story in your own order. We may ask how "
            "you sleep, what makes things worse, and what you have tried. You may leave out anything you "
            "like.",
        ),
        quote(
            "The question I find most useful is the plainest one: what have you stopped doing?",
            "Tobias Adeyemi-Wren, physiotherapist",
        ),
        heading("Looking, for about ten"),
        paragraph(
            "Depending on why you came, we may watch you walk, move a joint, take your pulse or look at "
            "your tongue. We say what we are going to do before we do it. We ask before we touch.",
        ),
        heading("Deciding together"),
        paragraph(
            "Then we tell you what we think, and how sure we are. That may be:",
            bullets(
                "a short course of treatment, with a date on which we look back at it together",
                "exercises or changes at home and no treatment at all",
                "a letter to your doctor, because something should be looked at first.",
            ),
            "You can say yes, say no, or go home and sleep on it. All three are fine.",
        ),
        heading("Treatment, if you want it"),
        paragraph(
            "There is usually time for a short first treatment. You lie down or sit, whichever is "
            "easier. Someone is always within call, and you have a bell in your hand.",
        ),
        callout(
            "info",
            "What it costs",
            "We tell you the price of every session before it begins. There are no packages to buy in "
            "advance.",
        ),
        faq(
            "Before you ask",
            ("May I bring someone?", "Yes, for all of it or for part of it."),
            (
                "Will I be tired afterwards?",
                "Some people are. Many say that they slept well that night. You will find more in "
                f"{link('preparing-for-your-appointment', 'preparing for your appointment')}.",
            ),
            (
                "What if I do not want needles?",
                "Then there are none. Physiotherapy and advice need no needles.",
            ),
        ),
        call_to_action(
            "Book a first visit",
            "Tell us which days suit you and we will suggest two times.",
            "Get in touch",
            "contact",
        ),
    ],
)

VISIT_POSTS = (PRIVATE_WORDS, CLEAN_NEEDLES, GETTING_READY, FIRST_VISIT)
