"""Words that say nothing of what a question is about."""

from __future__ import annotations

import re

ASKING = tuple(
    re.findall(
        r"\w+",
        """
        i me my myself we us our you your he him his she her its them am were been being do does did
        doing have has had having can could should would shall may might must what which who whom
        whose how when where why from about so than too very just also any some s t m re ve ll d don
        ain aren couldn didn doesn hadn hasn isn shouldn wasn weren wouldn
        arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont
        wouldnt im ive youre youve theyre theyve thats whats whos hows heres theres lets u ur pls
        plz
        """,
    )
)
"""Words that questions are asked with, typed with care or not, beside tantivy's 33 English stop
words. They are in a third of all passages: at a million, three quarters of the time of a question
would be spent on them, and ranking is no better for them (docs/evaluation.md)."""

ENGLISH = tuple(
    re.findall(
        r"\w+",
        """
        a an and are as at be but by for if in into is it no not of on or such that the their then
        there these they this to was will with
        """,
    )
)
"""The 33 that tantivy's English analyzer leaves out (``stop_word_filter/stopwords.rs`` there)."""
