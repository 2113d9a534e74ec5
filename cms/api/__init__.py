"""
The API's door.

    door       one line for each router
    document   the OpenAPI document
    borrowed   Wagtail's own APIs, behind the same manners
    manners    what holds for every answer: methods, parameters, freshness
"""
