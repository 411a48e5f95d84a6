"""``python -m pages.ui.briefing``: a briefing pack without the screen, for a schedule."""

from pages.ui.briefing.command import main

if __name__ == "__main__":
    raise SystemExit(main())
