"""The length of a text for a language model, by any counter: an estimate for Persian, or the model's tokenizer."""

from collections.abc import Callable, Iterable

from .arguments import bad

Counter = Callable[[str], int]
"""A function that returns the length of a text: in tokens, or `len` for characters."""

CHARACTERS_OF_TOKEN = 2
"""The characters of Persian text that `estimated_tokens` takes for a token.

The tokenizers o200k and Llama 3 take 2.4 to 3.0 characters in the mean of collections of verse, news, encyclopedia and
colloquial Persian, and not below 2.1 in 99 of 100 texts. Those with fewer Persian words take less: Qwen 3 has 1.7 to
1.9, cl100k 1.4 (`benchmarks/README.md`).
"""


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a Persian text has: one for each two characters, rounded up.

    Tokenizers that know Persian well need fewer; others need up to half as many more. Where the
    budget is to be kept to the token, give the model's own tokenizer: `count=lambda text: len(encoding.encode(text))`.

    Args:
        text: The text.
    """
    return -(-len(text) // CHARACTERS_OF_TOKEN)


def how_many_fit(texts: Iterable[str], budget: int, count: Counter) -> int:
    """Return how many of some texts fit into a budget, from the first on.

    Args:
        texts: The texts.
        budget: The greatest length of those that fit, together.
        count: The function that tells the length of a text.
    """
    number = 0
    for text in texts:
        budget -= count(text)
        if budget < 0:
            break
        number += 1
    return number


def counted(count: Counter, text: str) -> int:
    """Return the length of a text by a function of the caller's.

    Raises:
        BadArgument: The function returns no integer of 0 or more.
    """
    length = count(text)
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise bad("count", length, "a function that returns the number of tokens as an integer of 0 or more")
    return length
