"""The index: encoder, vectors, terms, generations, and the search over them."""
