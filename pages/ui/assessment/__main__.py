"""``python -m pages.ui.assessment``: a needs assessment without the screen, for a schedule."""

import gc
import logging

if __name__ == "__main__":
    gc.set_threshold(50_000, 20, 50)  # imports and drawing leave little to clear up: looking often costs more
    logging.disable(logging.WARNING)  # Streamlit's caches are used without its server, and it warns about that

    from pages.ui.assessment.command import main

    raise SystemExit(main())
