"""The long article of the demo: two kinds of acupuncture, compared."""

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
    picture,
    quote,
)
from home.demo.shapes import Post

WHAT_THEY_ARE = [
    paragraph(
        "If you live with a neurological condition, or care for someone who does, you may have been told "
        "about scalp acupuncture and wondered how it differs from the kind most people know. The two "
        "share a history and a tool: the fine needle. They part over where the needles go, what they are "
        "used for and how a session feels.",
        "People often come to the scalp technique late, when other routes have been tried. Those who "
        "offer it say that it can make a stubborn condition easier to live with. Here is what "
        "practitioners report, in plain words.",
    ),
    callout(
        "info",
        "General information, not medical advice",
        "This article describes how practitioners understand two techniques. It does not replace an "
        "assessment by your doctor and promises no result. Please do not stop or change a medicine "
        "because of it.",
    ),
    heading("What is scalp acupuncture?"),
    paragraph(
        "Every needle goes into the scalp, the thin layer of skin and tissue over the skull. The needles "
        "are short as well as fine, and they follow set bands, or zones. Each zone is thought to relate "
        "to something further down: a leg, a hand, the voice.",
        "Practitioners use it above all for conditions of the nervous system. People are seen with:",
        bullets(
            "the after-effects of a stroke",
            "multiple sclerosis",
            "Parkinson’s disease",
            "spinal cord injuries",
            "Guillain-Barré syndrome",
            "coma, as one part of a hospital team’s care.",
        ),
        "That list is not complete. Other neurological conditions are treated as well.",
    ),
    callout(
        "urgent",
        "If you think someone is having a stroke",
        "A face that droops, an arm that will not lift or speech that slurs all of a sudden is an "
        "emergency. Call 999 straight away. Acupuncture has no place in those first hours.",
    ),
    heading("Why the scalp counts as a microsystem", "h3"),
    paragraph(
        "Scalp acupuncture belongs to a family called microsystems. The thinking goes like this: one "
        "small region is believed to carry a map of the whole person, with points for organs, for "
        "systems and for what they do. A practitioner who trusts that map can work on many complaints "
        "without leaving the head. Two relatives are better known: auricular acupuncture, which uses the "
        "ear, and hand acupuncture.",
    ),
    heading("What is body acupuncture?"),
    paragraph(
        "This is the form most of us picture. Its points run from head to toe, and a session draws on "
        "several of them, some a long way from the trouble. It is a general technique. People bring it "
        "emotional imbalances such as constant worry, digestive disorders, and pain of many kinds: pain "
        "management is what it is best known for.",
        "Its needles come in several lengths, because a point at the hip lies deeper than one at the wrist.",
    ),
    picture(
        "body-points",
        "A standing figure seen from the front with small points marked along lines down the arms, trunk "
        "and legs.",
        "Body acupuncture chooses from points along the whole body. This drawing shows the idea, not "
        "exact places.",
    ),
]

SIDE_BY_SIDE = [
    heading("How do the two compare?"),
    comparison(
        "Scalp and body acupuncture, question by question",
        ("Scalp acupuncture", "Body acupuncture"),
        [
            (
                "Where do the needles go?",
                "Into the scalp only, along set zones.",
                "Into points on the limbs, trunk and face, and sometimes the head.",
            ),
            (
                "What is it mostly used for?",
                "Neurological conditions, from stroke to multiple sclerosis.",
                "A broad range: pain, digestion, emotional balance and more.",
            ),
            (
                "What is the idea behind it?",
                "A microsystem: the scalp is held to mirror the rest of the body.",
                "A network of points all over the body, chosen for your overall pattern.",
            ),
            (
                "How specialised is it?",
                "A specialist technique, usually learned later.",
                "The general technique that most practitioners learn first.",
            ),
            (
                "How near is it to the brain?",
                "Right above it. Practitioners think this gives them a more direct way to the central "
                "nervous system.",
                "Mostly further off, so its influence there is thought to be less direct.",
            ),
            (
                "What are the needles like?",
                "Fine, and often shorter.",
                "Fine, in a range of lengths for different depths.",
            ),
            (
                "How does it feel?",
                "Many people call it comfortable and less daunting. Expect a short sting or some pressure.",
                "It depends on the point. A dull ache or a heavy feeling is common.",
            ),
            (
                "What does it aim at?",
                "One difficulty, as exactly as possible: a grip, a step, a word.",
                "More often the complaint as a whole.",
            ),
            (
                "Can it go with other care?",
                "Yes. Medication, physiotherapy and occupational therapy carry on.",
                "Yes, as long as your doctor knows about it.",
            ),
        ],
        "Drawn up by our practitioners from their training and their notes. It describes practice, not "
        "the results of trials.",
    ),
]

BENEFITS = [
    heading("What benefits do practitioners report?"),
    paragraph(
        "This is what practitioners and patients say. Research is uneven: many studies are small, and "
        "findings differ from one condition to the next.",
    ),
    heading("It is aimed with care", "h3"),
    paragraph(
        "The zones lie close to the brain. For that reason practitioners believe that they can be more "
        "exact about a neurological difficulty than they could through points elsewhere. They try to "
        "reach the root causes underneath a symptom, and not the symptom alone. Where that goes well, "
        "patients describe a better quality of life: dressing sooner, following a conversation, walking "
        "to the shop.",
    ),
    heading("It can be easier to sit through", "h3"),
    paragraph(
        "Because the needles for the scalp tend to be shorter, practitioners consider the treatment less "
        "invasive. Patients often tell us that they were more comfortable than they had feared, and far "
        "less nervous the second time.",
    ),
    heading("Some people notice changes in movement, speech and thinking", "h3"),
    paragraph(
        "Some patients report gains in motor function, in speech and in cognition. Among them are people "
        "whom conventional treatment had not helped. Accounts like these come from several countries, "
        "and they are part of why the technique is now recognised internationally as an option in "
        "difficult cases. They remain personal accounts. Nobody can tell you beforehand which of them "
        "will resemble yours.",
    ),
    heading("It works beside the care you have", "h3"),
    paragraph(
        "It is not meant to stand alone. It is used next to medication, physiotherapy and occupational "
        "therapy. Practitioners say that attending to the nervous system in this way helps the other "
        "parts of a plan go further. If you agree, we write to your team.",
    ),
    quote(
        "I ask people what they would like to do again by spring. Hold a cup. Say a name. Then the "
        "physiotherapist and I know what we are both working towards.",
        "Ines Calloway, acupuncturist",
    ),
]

QUESTIONS_AND_END = [
    faq(
        "Questions we are often asked",
        (
            "Do you need to shave my head?",
            "No. We part the hair and clean the skin. Afterwards nobody can see where the needles were.",
        ),
        (
            "Can I have both kinds in one session?",
            "Often, yes. A practitioner may start on the scalp and add a few points on an arm or a leg. "
            "We agree on that with you first.",
        ),
        (
            "Who should ask a doctor beforehand?",
            "Anyone who takes a blood thinner, has had surgery or an injury to the head, has a wound or "
            "infection of the scalp, or is pregnant. Tell us as well, even if your doctor says yes.",
        ),
    ),
    heading("In short"),
    paragraph(
        "The scalp technique is a specialised branch with one main interest: the nervous system. It has "
        "a good deal in common with body acupuncture, beginning with the needles. Two things set it "
        "apart: the map it works from, and its attention to neurological conditions that are hard to "
        "manage. Practitioners see it as complementary, something to add to a plan and never a reason to "
        "leave one.",
        "If you are not sure which of the two would suit you, ask us. A first conversation is free and "
        "commits you to nothing. You may also like to read "
        f"{link('first-visit', 'what happens at a first visit')}.",
    ),
    call_to_action(
        "Talk it over with us",
        "Tell us what you hope for, in a sentence or two. We answer within two working days.",
        "Contact the clinic",
        "contact",
    ),
]

ARTICLE = Post(
    slug="scalp-acupuncture-vs-body-acupuncture",
    title="Scalp Acupuncture vs. Body Acupuncture: What's the Difference?",
    standfirst=(
        "Both use very fine needles. One works across the whole body. The other stays on the head and is "
        "used above all for conditions of the nervous system. Here is how they compare."
    ),
    search_description=(
        "How scalp and body acupuncture differ: where the needles go, what each is used for, how it "
        "feels, and who should ask a doctor first."
    ),
    date=date(2026, 11, 12),
    author="ines-calloway",
    category="treatments",
    tags=("acupuncture", "scalp acupuncture", "nervous system"),
    hero="head-zones",
    hero_caption="Zones of the scalp, drawn as soft bands. The drawing shows the idea, not exact places.",
    reviewed_by="Tobias Adeyemi-Wren, physiotherapist",
    last_reviewed=date(2026, 11, 10),
    next_review=date(2027, 11, 10),
    body=[*WHAT_THEY_ARE, *SIDE_BY_SIDE, *BENEFITS, *QUESTIONS_AND_END],
)
