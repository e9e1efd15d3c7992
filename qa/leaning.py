"""Sentences that cannot be understood without what was said before them.

They point back by how they begin ("That is why", "If there is, …", "The reason is"), by a pronoun
that nobody was named for ("I asked him once"), or to a picture ("You can see that"). They were met
in answers over two archives; what is matched is how they are made, in any trade.
"""

from __future__ import annotations

import re

_BACK = r"(this|that|these|those|such)"
_IS = r"(is|are|was|were|isn['’]t|aren['’]t|wasn['’]t|does|do|did|doesn['’]t|don['’]t|has|have|can)"
# "It's no secret that", "it pays to": what "it" is comes after it.
_EMPTY = (
    r"(['’]s| is| was| can be| may be| will be| would be| takes| pays| helps| seems)"
    r"( (a|an|the|not|no|so|very|really|always|often|never|still))*( [\w-]+){0,2}"
    r" (to|that|how|if|when)\b"
)
_BEGINNINGS = (
    r"(that|this|these|those|its|they|their|he|his|she|her|so|but|and|or|then|which)",
    rf"it(?!{_EMPTY})|there(?!['’]s| (is|are|was|were|will|may|might|can|could|has|have)\b)",
    r"(since|by) then|in that|one who|mine|others?|for (example|instance)|however|therefore",
    r"similarly|likewise|also|plus|yet|instead|as a result|in other words|such|another|again",
    r"otherwise|thus|hence|moreover|furthermore|besides|still|anyway|secondly|thirdly|finally",
    r"lastly|yes|(no|well|right)(?=,)|one (is|was|of (them|these|those))",
    r"the (second|third|fourth|next|last|latter|former|other|same|above)|same (goes|applies|thing)",
    r"the (first|rest|reasons?|results?|answer|trick|point|difference|catch|problem|idea|exception)"
    r" (is|are|was|were|being)",
    rf"(in|with|by|for|from|at|on|of|after|before|like|because of|given|despite|without) {_BACK}",
    r"in addition( to (them|him|her))?|unlike (him|her|them)",
    r"(each|both|neither|none|most|some|all)(?= (of (them|these|those)|are|were|has|wants?)\b)",
    r"(\w+ ){1,3}of (these|those|them)",
    r"if (so|not)(?=,)|either way|in (either|both|any) cases?|on the other hand|(the )?opposite",
    rf"(if|when|where|unless|until|once|as) (there|it|they|he|she|we|you) {_IS}(?=,)",
    r"(if|when|where|unless|until|once|because|since|as|while) (he|she|this|these|those)",
    r"(if|when|where|unless|until|once|because|since|as|while) it(?! c[oa]mes? to)",
    r"(to do|(by |when |in |after )?doing) (so|this|that|it|these|those)",
    r"(notice|note|remember) (that |how )?(i|we)|like (i|we) (said|mentioned)",
    r"as (i|we) (said|say|mentioned|wrote|explained|noted|saw)|as you (can |will )?(see|notice)",
    r"you(['’]ll| can| will| may| might)? (also )?(see|notice) (that|from|in|above|here|how)",
)
_BEGINNING = re.compile(rf"\W*({'|'.join(_BEGINNINGS)})\b", re.IGNORECASE)
# Up to three words between that name nobody: no article, no plural, no capital.
_UNNAMED = re.compile(
    r"\W*(I|We|You|If|When|To|As|After|Before|Because|Since|Once|While|Until|Unless|With|Ask|Give|"
    r"Tell|Let|Make)"
    r"( (?!(an?|the|my|our|your|any|every|each|some|no|one|\w+s|\w*(body|one))\b)[a-z'’]+){0,3}"
    r" (he|she|him|her|his|hers|them)\b"
)


def leans(text: str) -> bool:
    """Whether a sentence points back to what was said before it."""
    return _BEGINNING.match(text) is not None or _UNNAMED.match(text) is not None
