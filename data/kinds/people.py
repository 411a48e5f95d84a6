"""Words by which a text is known to name a person: given names, surnames, titles; and streets, which are no people.

Of this project, from memory of what is common in England. When they mislead: most names in the world are not in them,
and many of those that are name streets, schools and months too.
"""

from __future__ import annotations

import re

GIVEN = frozenset(
    re.findall(
        r"\w+",
        """
        james john david michael robert william mark paul andrew stephen steven peter christopher daniel thomas
        matthew joseph richard anthony ian kevin gary simon martin alan jack harry oliver george charlie jacob alfie
        callum ryan liam connor jordan luke adam ben samuel mohammed muhammad ahmed ali margaret susan sarah
        patricia elizabeth jane helen karen emma laura claire lisa rebecca jennifer julie anne mary christine
        jacqueline amy charlotte olivia emily jessica chloe sophie megan lucy hannah grace ella lily amelia katie
        lauren gemma nicola michelle tracey joanne alison wendy linda barbara janet carol joan
        """,
    )
)
# Beside those: short forms, and names that a column of a file would seldom hold alone. Asked about, never dropped.
MORE_GIVEN = GIVEN | frozenset(
    re.findall(
        r"\w+",
        """
        dave steve mike tony kev sue pete chris nick jim jimmy tom tommy bob bobby kate debbie pam pat ray ron roy
        len les stan ted terry trevor vince wayne zoe nigel neil keith ken kenneth brian barry graham geoff geoffrey
        gordon graeme stuart stewart philip phil darren dean craig carl lee jason jamie josh joshua kyle lewis louis
        max nathan noah oscar owen patrick reece rhys rob ross sam scott sean shane shaun simone spencer toby tyler
        victor warren alex alexander alexandra alice amanda andrea angela ann annie beth bethany beverley caroline
        catherine cathy kathryn katherine kathleen cheryl clare dawn deborah denise diana diane donna dorothy eileen
        elaine eleanor ellen ellie erin eve fiona frances freya georgia georgina gillian hayley heather hilary holly
        irene isabelle jackie jan jean jenny jill joanna josie joyce judith julia kelly kerry kim kirsty leanne
        lesley lorraine louise lynn lynne maria marie marion martha maureen melanie molly natalie natasha niamh
        paula pauline penny phoebe poppy rachel rose rosie ruth sally samantha sandra shannon sharon sheila shirley
        sonia stacey stephanie tina tracy valerie vera vicky victoria yvonne abdul abdullah aisha ayesha amir amina
        anil anita arjun asif bilal deepak fatima farah hamza hassan hussain ibrahim imran iqbal jamal khadija
        khalid maryam nadia naveed nasreen omar osman pradeep priya priyanka rahul raj rajesh ravi rashid saima
        salma sanjay shabana shahid sunil sunita tariq usman vijay yusuf zainab zahra adebayo chidi chioma emeka
        femi ifeoma kwame ngozi nneka oluwaseun tunde agnieszka aleksandra ania jakub kasia katarzyna krzysztof
        lukasz magda marek mateusz monika pawel piotr tomasz wojciech andrei ionut ioana mihai joao jose carlos
        miguel pedro sofia siobhan aoife ciaran declan dermot eamonn eoin fergus niall oisin padraig
        """,
    )
)
SURNAMES = frozenset(
    re.findall(
        r"\w+",
        """
        smith jones taylor williams davies evans thomas johnson roberts walker wright robinson thompson hughes
        edwards lewis jackson clarke clark harris patel cooper martin morris james scott phillips davis bennett
        anderson turner campbell mitchell collins murphy kelly carter ward khan singh kaur ahmed ali hussain begum
        miah chowdhury rahman shah malik akhtar iqbal mahmood wilson white brown watson simpson bailey richardson
        shaw murray marshall stevens gray adams hunt rogers russell palmer stewart robertson price webb lloyd
        hamilton graham ellis kennedy reynolds gibson owen matthews harvey powell pearson fisher barnes mcdonald
        macdonald mccarthy obrien oconnor byrne doyle gallagher fitzgerald nolan quinn brennan flanagan sullivan
        okafor okonkwo adeyemi mensah osei nowak kowalski kaminski novak popescu ionescu silva santos garcia lopez
        nguyen chan wong cheung
        """,
    )
)
TITLED = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|sir|rev|pc|pcso|sgt|insp)\b\.?\s+(?:\d+\s+)?[a-z]{2}", re.IGNORECASE)
STREET_KINDS = (
    r"street|st|road|rd|lane|ln|avenue|ave|close|drive|dr|way|"
    r"grove|crescent|cres|place|terrace|walk|view|gardens|green|hill|park|square|row|mews|rise|croft|brow|hey|heys|path|"
    r"parade|precinct|boulevard|circus|bank|meadow|field|fields|common|roundabout|junction|by-?pass|bridge|station|"
    r"car park|shopping (?:area|centre)|centre|playing fields?|recreation ground"
)
_STREET = re.compile(
    rf"(?:on or near )?(?:[ABM]\d{{1,4}}|(?:[a-z'’.\-]+ ){{1,5}}(?:{STREET_KINDS}))",
    re.IGNORECASE,
)


def street_name(text: str) -> bool:
    """Whether a text is the name of a street or open place and no address: no number, no house, no postcode."""
    return bool(_STREET.fullmatch(text.strip()))
