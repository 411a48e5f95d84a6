"""Seeds of what is random, so that the screen and the command line give the same figures every time."""

PERMUTATION = 1995  # of cells, for what is more than chance
CONTROL = 1924  # of histories that limits are tried on
JITTER = 2012  # of snap points, for stability
BOOTSTRAP = 20181  # of years, for the seasonal index
THROWS = 1905  # of incidents onto places, for concentration
SHUFFLE = 1964  # of days over places, for near repeats
PLACEBO = 1948  # of what is tested where nothing happened
ROUTES = 1996  # of the search for routes
