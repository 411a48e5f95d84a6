"""One room a question, one statistic a module: pure functions from incidents to results that say how they were made."""
