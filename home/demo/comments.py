"""What readers said. Keys are post slugs; the states are where the moderators left each comment."""

from home.demo.shapes import Comment

STROKE = Comment(
    name="Margaret Ellwood",
    email="margaret.ellwood@example.org",
    at="2026-11-12 19:42",
    text=(
        "My husband had a stroke in April. Walking is nearly back, but his left hand still lies there "
        "like a glove.\n\nNobody has told us whether seven months is late to try something like this. Has "
        "anyone here started that long afterwards?"
    ),
    replies=(
        Comment(
            name="Dele F.",
            email="dele.f@example.net",
            at="2026-11-13 08:15",
            text=(
                "My dad started after eight months. I will not promise you anything, but his speech "
                "therapist noticed a change before we did. He finds the first word of a sentence sooner. "
                "His hand is much the same."
            ),
            replies=(
                Comment(
                    name="Margaret Ellwood",
                    email="margaret.ellwood@example.org",
                    at="2026-11-13 12:30",
                    text=(
                        "Thank you for the honest half of that as well. What did he find hardest about going?"
                    ),
                    replies=(
                        Comment(
                            name="Dele F.",
                            email="dele.f@example.net",
                            at="2026-11-13 21:04",
                            text=(
                                "Being tired afterwards. We moved it to a day without physio and that "
                                "made all the difference. And let him choose the radio station in the car."
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
)

HAIRBRUSH = Comment(
    name="Rhys",
    email="rhys.t@example.org",
    at="2026-11-13 10:21",
    text=(
        "I have MS and have had body acupuncture for back pain for years. Tried the scalp kind in the "
        "summer. The table matches what I noticed, apart from the feel: for me the scalp was odder at "
        "first. Not painful, just odd."
    ),
    replies=(
        Comment(
            name="Anneke Voss",
            email="anneke@example.net",
            at="2026-11-13 16:48",
            text="Same here. The nearest I can get is a hairbrush held still and pressed.",
            replies=(
                Comment(
                    name="Rhys",
                    email="rhys.t@example.org",
                    at="2026-11-13 18:02",
                    text="Hairbrush is exactly it. I shall use that from now on.",
                ),
            ),
        ),
        Comment(
            name="Jo Marchbanks",
            email="jo.marchbanks@example.org",
            at="2026-11-14 09:33",
            text=(
                "Did either of you notice anything with fatigue? That is the part of MS nobody can see, "
                "and the one I would trade first."
            ),
        ),
        Comment(
            name="Anneke Voss",
            email="anneke@example.net",
            at="2026-11-15 11:10",
            text="Jo, a question for your nurse too, surely. Mine asked me to keep a diary before I started.",
            state="pending",
        ),
    ),
)

EVIDENCE = Comment(
    name="Callum, physio student",
    email="callum.student@example.org",
    at="2026-11-14 13:57",
    text=(
        "I like that the table says it describes practice and not trials. I wish more clinics would. "
        "Where would you send someone who wants to read the studies themselves?"
    ),
    replies=(
        Comment(
            name="Priya Nandakumar",
            email="priya.n@example.net",
            at="2026-11-14 20:19",
            text=(
                "Retired OT here. Begin with systematic reviews, not single trials, and read the part on "
                "limitations before the conclusion. Most public libraries will get you a paper if you ask "
                "at the desk."
            ),
        ),
    ),
)

NERVOUS = Comment(
    name="Sunniva",
    email="sunniva@example.org",
    at="2026-11-15 17:26",
    text=(
        "I cannot even look at a needle on television, so I asked whether I could watch somebody else’s "
        "session first. My brother let me sit in on his. He talked about football throughout. I have "
        "booked mine."
    ),
)

TREMOR = Comment(
    name="Harold P.",
    email="harold.p@example.net",
    at="2026-11-16 07:48",
    text=(
        "Parkinson’s, six years. Ten sessions on the scalp. My tremor did not change. I do sleep better "
        "on those nights, and I turn over in bed with less of a struggle. Make of that what you will."
    ),
    replies=(
        Comment(
            name="Beatriz Amaral",
            email="beatriz.amaral@example.org",
            at="2026-11-16 14:40",
            text=(
                "That is worth more to me than a glowing review. Did you go on after the ten, or was that "
                "the plan from the start?"
            ),
            replies=(
                Comment(
                    name="Harold P.",
                    email="harold.p@example.net",
                    at="2026-11-17 07:30",
                    text=(
                        "Ten was the plan. Then we sat down and looked at what I had written at the first "
                        "visit. I carry on once a month, for the sleep."
                    ),
                ),
            ),
        ),
    ),
)

WAITING = (
    Comment(
        name="Gwen Tolliver",
        email="gwen.tolliver@example.org",
        at="2026-11-18 21:15",
        text=(
            "Two pages I found useful when my sister had Guillain-Barré: "
            "https://example.org/gbs-recovery-diary and https://example.net/questions-for-your-team. The "
            "second one prints nicely."
        ),
        state="pending",
    ),
    Comment(
        name="Ibrahim",
        email="ibrahim.k@example.net",
        at="2026-11-19 09:02",
        text=(
            "Is ear acupuncture something you do as well, or only scalp and body? The article mentions it "
            "in passing."
        ),
        state="pending",
    ),
    Comment(
        name="L. Pemberley",
        email="l.pemberley@example.org",
        at="2026-11-19 18:37",
        text=(
            "You write that hair is only parted. I wear mine in locs. Would that be a problem? I would "
            "rather ask here than find out on the day, and I doubt that I am the only one."
        ),
        state="pending",
    ),
)

REFUSED = (
    Comment(
        name="Best Deals Today",
        email="deals@example.net",
        at="2026-11-14 03:11",
        text=(
            "Amazing article!!! Cheap pills without prescription, delivered in 24 hours, see my profile "
            "for 80 % off"
        ),
        state="spam",
    ),
    Comment(
        name="Rank Booster",
        email="rank.booster@example.net",
        at="2026-11-17 04:26",
        text=(
            "Your site deserves more visitors. We place 500 links for one low price. Reply for a free "
            "audit of your page."
        ),
        state="spam",
    ),
    Comment(
        name="asdf",
        email="asdf@example.org",
        at="2026-11-16 11:59",
        text="test test 123",
        state="trash",
    ),
)

ON_THE_NECK = (
    Comment(
        name="Oona",
        email="oona@example.org",
        at="2026-08-10 15:32",
        text=(
            "I have tied these to the kettle, as you suggested. My tea consumption has doubled but I can "
            "look over my shoulder again."
        ),
        replies=(
            Comment(
                name="Matthias R.",
                email="matthias.r@example.net",
                at="2026-08-11 09:05",
                text=(
                    "For me it is the end of a call. My colleagues now do the shoulder roll on camera "
                    "without being asked."
                ),
            ),
        ),
    ),
    Comment(
        name="Fen Aldous",
        email="fen.aldous@example.org",
        at="2026-11-17 12:22",
        text=(
            "Is the chin movement safe after a whiplash that was two years ago? The doctor has signed me off."
        ),
        state="pending",
    ),
    Comment(
        name="Oona",
        email="oona@example.org",
        at="2026-11-19 16:48",
        text="Three months on: still doing them. The tea has not gone down.",
        state="pending",
    ),
)

ON_THE_FIRST_VISIT = (
    Comment(
        name="Delphine Ashgrove",
        email="delphine@example.net",
        at="2026-09-02 18:20",
        text=(
            "I was the one who wanted to know whether I could leave half-way through. The answer was yes, "
            "and Wilf showed me the side door before I had even sat down. I stayed for the whole hour."
        ),
        replies=(
            Comment(
                name="Yusuf",
                email="yusuf.b@example.org",
                at="2026-09-03 07:55",
                text="The side door is the detail I needed. Booking now.",
            ),
        ),
    ),
    Comment(
        name="Corin Maddox",
        email="corin.maddox@example.org",
        at="2026-11-18 08:40",
        text=(
            "How long should I plan in all, if I come by bus from the station? And is there somewhere to "
            "leave a wet umbrella?"
        ),
        state="pending",
    ),
    Comment(
        name="Yusuf",
        email="yusuf.b@example.org",
        at="2026-11-18 19:03",
        text=(
            "Been now. It was as described, down to the sheet of paper. The bell in your hand is a kind "
            "thought."
        ),
        state="pending",
    ),
)

ON_SLEEP = (
    Comment(
        name="Nessa Quillfeather",
        email="nessa.q@example.net",
        at="2026-11-16 23:52",
        text=(
            "Writing this at ten to midnight, which I suppose proves your point about screens. I do like "
            "the idea of a closing time."
        ),
        state="pending",
    ),
    Comment(
        name="Tom",
        email="tom.h@example.org",
        at="2026-11-17 06:30",
        text=(
            "I work nights three weeks in four. Does the advice about mornings turn round, or should I "
            "ignore it?"
        ),
        state="pending",
    ),
)

COMMENTS: dict[str, tuple[Comment, ...]] = {
    "scalp-acupuncture-vs-body-acupuncture": (
        STROKE,
        HAIRBRUSH,
        EVIDENCE,
        NERVOUS,
        TREMOR,
        *WAITING,
        *REFUSED,
    ),
    "desk-stretches-for-a-stiff-neck": ON_THE_NECK,
    "first-visit": ON_THE_FIRST_VISIT,
    "a-quiet-evening": ON_SLEEP,
}
