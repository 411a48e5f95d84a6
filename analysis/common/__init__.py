"""What every question needs: how a result was made, refusals, counts, rates, and the tests behind them.

Others use: counts, disclosure, method, negative_binomial, neighbourhood_rates, neighbourhoods, percents, permutation,
placed, rates, ratio, refusal, regression, season_ratio, seeds, significance, tails, ward_spread, years.
"""
