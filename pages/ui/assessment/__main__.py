"""``python -m pages.ui.assessment``: a needs assessment without the screen, for a schedule."""

import logging

from pages.ui.assessment.command import main

if __name__ == "__main__":
    logging.disable(logging.WARNING)  # Streamlit's caches are used without its server, and it warns about that
    raise SystemExit(main())
