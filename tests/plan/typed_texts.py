"""Titles, notes, remarks and call signs as people type them, and invented names of people."""

from __future__ import annotations

NOBODY = """
Halloween and Bonfire Night 2026
Halloween 2026, second draft
Bonfire Night, north wards only
Operation Autumn Nights
Operation Banger
Operation Black Cat
Operation Beech
Operation Jordan Alpha
Summer holidays, week 3
Summer holidays 2026, parks and lakes
Half term, places only
Half Term February 2027
Easter weekend, retail park and bus station
Mischief Night, Stockbridge Village
Christmas markets, town centre
New Year's Eve
World Cup Final
Grand National Saturday
St Patrick's Day
St George's Day parade
St John's Estate, evenings
St Mary's Church car park
Our Lady's School gates
Lord Derby's estate wall
King George V playing field
Queen Victoria statue
Prince Albert Gardens
Mother's Day football
Anti-social behaviour, off-road bikes
ASB 2026
Drugs 2026
Off Road Bikes
Joint patrol with Merseyside Fire and Rescue
Wardens and PCSOs, foot patrol
Late Turn South
Early Turn North
Copy of Halloween and Bonfire Night 2026
Copy of Operation Banger
Practice on the demonstration
Run and put away
Autumn nights, shorter
Autumn Nights, Shorter
By the page on loaded incidents
One night fewer
First line, then second line
Stood down: storm
Stood down at 21:00, heavy rain
Two crews only, one van off the road
Fire service asked us to leave the field by 22:00
Youth outreach from 18:00 to 20:00
Call sign changed from Kilo 1 to Kilo 2
Meet at the bus station, then walk to the park
Ask the fire service for the bonfire list
Ask Housing about the empty flats
Contact Trading Standards about fireworks
See the notes of last year
With Housing and the Youth Service
Thanks to Community Wardens
Park closed for works until 5 November
Roads closed for the Remembrance Parade
Gate at the north end is locked from dusk
Bins burnt behind the shops
CCTV van at the retail park
Mobile CCTV at Market Square
Knife arch at the station
Dispersal zone in force from Friday
Section 60 until midnight
Public Space Protection Order, town centre
Hotspot 3 is the skate park
Skate park (added by hand)
Own place SJ414906
Merge with plan 12 next week
Waiting for the partnership's yes
Cover from Lancashire and Cheshire
Bank Holiday Monday
Liverpool v Everton
Derby Day
Rose Garden, Victoria Park
Grace Road end
Martin Way shops
Charlotte Row
Paul Orr Court
Ward End
Dean Wood entrance
Jack Straw Lane
Marks to be set
Will be run on Friday
May Day
May Bank Holiday
August Bank Holiday
Summer Carnival
Green Flag parks
White Water Centre
Black Friday
Brown bins set alight
Young people at the lake
Wood pile at Mill Farm
Kelly's Yard
Walker Art Gallery trip
Price list of fireworks
Hope and Harmony event
Joy ride reports
Amber alert
Scott Road shops
Cooper's Lane
Hunt sabs expected
Murphy's bar closing time
Mark the pinned places first
Stop at each place for 15 minutes
Kilo 1
Kilo 2 (officers)
Kilo Lima 12
Alpha One
Bravo 2
Charlie 1
Charlie Two
Delta
Mike 4
Oscar 9
Romeo 1
Victor 2
Juliet 7
Lima
X-ray 3
Sierra Tango 1
Wardens A
Wardens North
Team 1
Team Blue
Response 2
PC foot patrol
PCSO North
PCSO Team 2
Sgt's car
Sergeant Kilo
Inspector on call
Housing officers
Youth outreach 1
Van 3
Bike patrol
Crew 1
Crew Two
Dog unit
Mounted section
Neighbourhood 4
Duty inspector
Night shift B
""".strip().splitlines()

SOMEBODY = """
Jane Smith
John Williams
David Jones
Sarah Taylor
Mohammed Khan
Aisha Begum
Priyanka Patel
Oluwaseun Adeyemi
Chidi Okafor
Agnieszka Nowak
Piotr Kowalski
Siobhan O'Connor
Padraig Byrne
Andrei Popescu
Maria Garcia
Wei Chan
Thanh Nguyen
Dave Roberts
Steve Wright
Tony Hughes
Kev Murphy
Sue Clarke
Debbie Price
Chris Turner
Nick Shaw
Liam Gallagher-Reid
Connor Fitzsimmons
Chloe Ashworth
Megan Birtwistle
Callum Entwistle
Gemma Hargreaves
Nicola Thistlethwaite
Lauren Rigby
Tracey Molyneux
Wendy Fazakerley
Alan Lunt
Ian Halsall
Kevin Rimmer
Gary Sefton
Simon Blundell
Fatima Zahra
Imran Sheikh
Ngozi Eze
Kwame Boateng
Zainab Yusuf
Krzysztof Wisniewski
Magda Zielinska
Joao Pereira
Sofia Almeida
Tariq Aziz
Hamza Choudhury
Ravi Chandran
Sunita Rao
Deepak Verma
Eoin Kavanagh
Niamh Brady
Frances Holt
Eleanor Pike
Toby Marsden
Freya Lindqvist
Tremayne Penhaligon
Xanthe Kallistratos
Ezekiel Umunna
Bronwen Llewellyn
Caitlin McGrath
Hugo Beaumont
Imogen Farquhar
Rhiannon Pugh
Jaswinder Gill
Harpreet Sidhu
""".strip().splitlines()

# How a name gets into a plan: by itself as a call sign, in a title, in notes, behind a title or an initial.
FORMS = (
    "{}",
    "Halloween 2026, {}",
    "Ask {} about the gate before the first shift.",
    "Sgt {last} leads the north crew",
    "PC 4821 {last}",
    "Mr {last} at number three has the key",
    "{first}",
)
