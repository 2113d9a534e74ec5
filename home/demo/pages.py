"""The pages around the blog, and what the clinic says of itself on every page."""

from home.block_values import bullets, call_to_action, callout, faq, heading, link, paragraph, picture, quote
from home.demo.shapes import PageWords

TELEPHONE = "01632 960147"
ADDRESS = "7 Millrace Lane, Thornby Wick"
OPENING_HOURS = "Monday to Thursday 8.30am to 6.30pm, Friday 8.30am to 2pm"

IDENTITY = {
    "name": "Osierbrook Clinic",
    "tagline": "Acupuncture and physiotherapy by the brook",
    "telephone": TELEPHONE,
    "emergency_line": "In an emergency call 999. For urgent advice that cannot wait, call 111.",
    "address": ADDRESS,
    "opening_hours": OPENING_HOURS,
    "comment_notice": (
        "Please do not share private health details. We read every comment before it appears. We cannot "
        "give personal medical advice here."
    ),
}

HOME: PageWords = {
    "title": "Osierbrook Clinic",
    "heading": "Time to listen, and hands that know their work",
    "standfirst": (
        "Osierbrook is a small clinic for acupuncture and physiotherapy. We see one person at a time, "
        "explain what we do, and work alongside your doctor."
    ),
    "picture": "front-door",
    "search_description": (
        "A small clinic for acupuncture and physiotherapy. We see one person at a time and work alongside "
        "your doctor."
    ),
    "body": [
        heading("What you can expect from us"),
        paragraph(
            bullets(
                "<b>A full hour</b> for your first visit, most of it for listening.",
                "<b>Plain words.</b> We tell you what we think and how sure we are.",
                "<b>A plan with an end.</b> We agree on a date to look back, and stop if nothing has "
                "changed.",
                "<b>One team.</b> If you wish, we write to your doctor and your therapists.",
            ),
        ),
        quote(
            "They asked what I wanted to be able to do. Nobody had asked me that in a year.",
            "A patient, shared with permission",
        ),
        call_to_action(
            "Is this the right place for you?",
            "Ask us. A first conversation is free, and we will say so if someone else can help you better.",
            "Contact the clinic",
            "contact",
        ),
    ],
}

BLOG: PageWords = {
    "title": "Blog",
    "introduction": (
        "Plain notes from our practitioners on treatments, visits and the things you can do at home. You "
        "are welcome to comment; we read every comment before it appears."
    ),
    "search_description": (
        "Plain notes from our practitioners on treatments, visits and looking after yourself at home."
    ),
}

ABOUT: PageWords = {
    "title": "About us",
    "standfirst": "Four people, three treatment rooms and an old mill lane where the willows grow.",
    "picture": "willow-brook",
    "search_description": (
        "Who works at Osierbrook Clinic, how we treat people, and what we will not promise you."
    ),
    "body": [
        paragraph(
            "Osiers are the willows that basket makers cut each winter. They bend, they are cut to the "
            "ground, and in spring they grow again. A row of them stands along the brook behind our "
            "house. They gave the clinic its name.",
        ),
        heading("Who we are"),
        paragraph(
            "<b>Ines Calloway</b> practises body and scalp acupuncture. She sees many people with "
            "conditions of the nervous system.",
            "<b>Tobias Adeyemi-Wren</b> is a physiotherapist and leads the clinic.",
            "<b>Sam Okonjo-Reed</b> looks after our records and reads every comment on this site before "
            "it appears.",
            "<b>Wilf Tarrant</b> sits at the front desk. He answers the telephone and your messages.",
        ),
        heading("How we work"),
        paragraph(
            "We see one person at a time. We ask before we touch. We write down what you would like to "
            "be able to do, and we measure ourselves against that.",
            "We work beside your doctor, never instead of one. If something should be looked at "
            "elsewhere, we say so on the first day.",
        ),
        callout(
            "info",
            "What we do not promise",
            "No honest clinic can promise you a result. On this site we write what practitioners report "
            "and what people tell us, and we say which is which.",
        ),
        faq(
            "Practical questions",
            ("Do I need a referral?", "No. You can come to us directly."),
            (
                "Is the building easy to get into?",
                "There is a ramp beside the front steps, and all rooms are on the ground floor.",
            ),
            ("Do you treat children?", "From the age of twelve, with a parent or guardian in the room."),
        ),
        call_to_action(
            "Come and see the place",
            "Ring the bell, or write to us first. The kettle is usually on.",
            "Contact the clinic",
            "contact",
        ),
    ],
}

PRIVACY: PageWords = {
    "title": "Privacy",
    "standfirst": "What this site keeps about you, why, who can see it, and how to have it removed.",
    "search_description": (
        "What the Osierbrook Clinic site keeps about you, who can see it, and how to have it sent to you "
        "or removed."
    ),
    "body": [
        callout(
            "info",
            "The short version",
            "You can read everything here without telling us who you are. Your email address will not be "
            "published. We share nothing with third parties.",
        ),
        heading("If you only read"),
        paragraph(
            "We set no cookies while you read and count no visitors. Every picture, letter and script "
            "comes from this site and from nowhere else.",
        ),
        heading("If you leave a comment"),
        paragraph(
            "We keep your name, your words and the time you sent them. These appear under the article "
            "once a moderator has approved them. Comments are checked before they appear, every one of "
            "them.",
            "We also ask for your email address. <b>Your email address will not be published.</b> It is "
            "stored encrypted. We use it to tell you about replies, if you asked for that, and for "
            "nothing else. Other readers never see it, and neither do the people you reply to.",
            "After you comment, your browser may keep a small cookie from this site. It lets you, and "
            "only you, see your comment while it waits.",
        ),
        heading("If you send us a message"),
        paragraph(
            "The front desk reads it and answers you. It is not published. Please do not put health "
            "records or card details in a message.",
        ),
        heading("Who can see what"),
        paragraph(
            bullets(
                "Everyone: approved comments, with the name you chose.",
                "Moderators: comments that wait, and those they refused.",
                "The front desk: messages from the contact page.",
                "Third parties: nothing. There are no adverts, no trackers and no outside services on "
                "these pages.",
            ),
        ),
        heading("How to get it back or have it removed"),
        paragraph(
            f"Tell us through the {link('contact', 'contact page')} or by telephone. We will send you "
            "what the site keeps about you, or remove it. You need not give a reason. If you remove a "
            "comment, replies that other people wrote to it stay.",
            "This page is about the website. Your treatment notes are kept elsewhere; read "
            f"{link('what-we-do-with-what-you-tell-us', 'what we do with what you tell us')}.",
        ),
    ],
}

CONTACT: PageWords = {
    "title": "Contact",
    "standfirst": "Write, ring or come by. We answer messages within two working days.",
    "search_description": (
        "Write to Osierbrook Clinic, ring us on 01632 960147, or find us at 7 Millrace Lane, Thornby Wick."
    ),
    "address": ADDRESS,
    "opening_hours": OPENING_HOURS,
    "telephone": TELEPHONE,
    "body": [
        heading("How to find us"),
        paragraph(
            "From the station, walk down Weir Street to the main road and turn right. Millrace Lane is "
            "ours: the last house before the bridge, with the brook behind it. It takes about eight "
            "minutes.",
            "There are two parking spaces in front of the house, one of them wide. The number 4 bus "
            "stops at the bridge.",
        ),
        picture(
            "street-map",
            "A drawn map. A dotted line leads from the station down a street, right along the main road "
            "to a pin on a house beside a brook, just before a bridge.",
            "Not to scale. The dotted line is the way from the station.",
        ),
    ],
    "subjects": [
        ("subject", {"name": "An appointment", "recipients": "frontdesk@example.org"}),
        ("subject", {"name": "An invoice", "recipients": "accounts@example.org"}),
        ("subject", {"name": "Something else", "recipients": ""}),
    ],
    "questions": [
        (
            "one_of",
            {
                "question": "When can we reach you best?",
                "hint": "If we ring you back.",
                "must_answer": False,
                "options": ["In the morning", "In the afternoon", "After six"],
            },
        ),
    ],
    "thanks_heading": "We have your message",
    "thanks_text": (
        "Thank you for writing. Wilf at the front desk reads every message and will answer you within two "
        "working days. If it cannot wait, please ring us during opening hours."
    ),
}
