"""Is this alignment believable? Judgements of a study, each made once; everything that shows them renders them."""
