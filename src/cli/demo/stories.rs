//! Stories written for the demo. People, companies and events in them are made up; places are not.

/// A story of the demo's site.
pub(super) struct Story {
    pub(super) slug: &'static str,
    pub(super) headline: &'static str,
    pub(super) standfirst: &'static str,
    pub(super) author: &'static str,
    pub(super) published: &'static str,
    pub(super) section: &'static str,
    pub(super) paragraphs: &'static [&'static str],
}

/// The stories.
pub(super) const STORIES: [Story; 8] = [
    Story {
        slug: "ferry-line-returns",
        headline: "Night ferry to Bergen returns after eleven years",
        standfirst: "Bookings open on Monday for a crossing that many had given up on.",
        author: "Ingrid Solheim",
        published: "2026-03-02T07:30:00+01:00",
        section: "Transport",
        paragraphs: &[
            "The night ferry between Newcastle and Bergen will sail again from May, its new operator said on Monday, ending a gap of eleven years.",
            "“We have a ship, a crew and a berth,” said Marit Haugen, chief executive of Nordskip. “What we need now is passengers.”",
            "The company expects 180,000 travellers in the first year and has spent 42 million euros on a second-hand vessel built in Rauma.",
            "Hotels on both coasts welcomed the news. In Bergen, bookings for June rose by 12% within hours of the announcement.",
        ],
    },
    Story {
        slug: "council-votes-on-trams",
        headline: "City council approves tram extension by a single vote",
        standfirst: "Opponents say that the money should go to buses first.",
        author: "Daniel Okafor",
        published: "2026-03-02T18:05:00Z",
        section: "Politics",
        paragraphs: &[
            "Councillors in Leeds approved a nine-kilometre tram extension on Monday night after a debate of five hours.",
            "The vote went 49 to 48, with two members of the governing group voting against their own leader, Helen Marsh.",
            "“This is the last chance for a generation,” Marsh told the chamber. The opposition leader, Peter Lund, called the plan “a monument to optimism”.",
            "Construction is to begin in the spring of 2027 and to cost £310 million, two thirds of it paid by the national government.",
        ],
    },
    Story {
        slug: "striker-out-for-season",
        headline: "Rovers lose top scorer for the rest of the season",
        standfirst: "A knee injury in training ends Tomas Vrba's year.",
        author: "Lucy Hart",
        published: "2026-03-03T09:12:00Z",
        section: "Sport",
        paragraphs: &[
            "Harbour Rovers will be without their leading goalscorer for the rest of the season after Tomas Vrba tore a ligament in training on Sunday.",
            "The Czech striker, 24, has scored 17 goals in 26 matches and was expected to play for his country against Portugal this month.",
            "“It is cruel for the boy and hard for the team,” manager Alan Reyes said. “He will come back stronger.”",
            "Rovers are third in the table, four points behind the leaders, with ten matches to play.",
        ],
    },
    Story {
        slug: "storm-closes-schools",
        headline: "Storm closes schools across northern Scotland",
        standfirst: "Forecasters expect gusts of 150 kilometres an hour in Orkney.",
        author: "Fiona Mackay",
        published: "2026-03-03T16:40:00Z",
        section: "Weather",
        paragraphs: &[
            "Schools in Orkney, Caithness and parts of the Highlands will stay closed on Wednesday as a storm moves in from the Atlantic.",
            "Forecasters warned of gusts of up to 150 kilometres an hour, waves of 11 metres and snow above 300 metres.",
            "Ferries to Stromness were cancelled from Tuesday noon. About 2,300 homes had lost power by the evening.",
            "“Stay at home unless you have to travel,” said Ewan Ross of the regional emergency centre in Inverness.",
        ],
    },
    Story {
        slug: "bank-raises-rates",
        headline: "Central bank raises interest rates for the third time this year",
        standfirst: "Mortgage holders face higher payments from April.",
        author: "Miriam Katz",
        published: "2026-03-04T12:00:00+01:00",
        section: "Business",
        paragraphs: &[
            "The central bank raised its main interest rate by a quarter of a percentage point to 3.75% on Wednesday, the third increase this year.",
            "Inflation stood at 4.1% in February, more than twice the bank's target, with food and energy prices rising fastest.",
            "“We would rather act early than act hard,” governor Anna Lindqvist told reporters in Stockholm.",
            "Shares in builders fell by up to 6%, while the krona gained against the euro. Economists expect one more rise before the summer.",
        ],
    },
    Story {
        slug: "vaccine-trial",
        headline: "Malaria vaccine halves cases in largest trial so far",
        standfirst: "Researchers followed 31,000 children in four countries for three years.",
        author: "Grace Mwangi",
        published: "2026-03-05T06:00:00+03:00",
        section: "Health",
        paragraphs: &[
            "A new malaria vaccine cut cases among young children by 52% over three years, according to the largest trial of its kind.",
            "Researchers followed 31,000 children in Kenya, Malawi, Ghana and Burkina Faso. No serious side effects were linked to the vaccine.",
            "“This will not end malaria, but it will keep many children out of hospital,” said Joseph Banda, who led the study in Lilongwe.",
            "The World Health Organization is to review the data in July. The makers say that a dose would cost less than four dollars.",
        ],
    },
    Story {
        slug: "museum-finds-sketch",
        headline: "Museum finds lost sketch behind a landscape",
        standfirst: "A restorer in Ghent noticed a line where none should be.",
        author: "Pieter Claes",
        published: "2026-03-06T10:20:00+01:00",
        section: "Culture",
        paragraphs: &[
            "A sketch that had been missing for a century has turned up behind a landscape in the museum's own storeroom in Ghent.",
            "Restorer Elke Van Damme noticed a chalk line under the paint while she prepared the picture for an exhibition in Antwerp.",
            "X-ray images showed a seated woman with a violin. “I had to sit down myself,” Van Damme said.",
            "The drawing will be shown to the public from October. The museum has not put a value on it.",
        ],
    },
    Story {
        slug: "chip-plant-fire",
        headline: "Fire at chip plant near Dresden halts production",
        standfirst: "Two workers were treated for smoke; carmakers are told to expect delays.",
        author: "Jonas Weber",
        published: "2026-03-07T21:15:00+01:00",
        section: "Technology",
        paragraphs: &[
            "A fire broke out in a clean room of a semiconductor plant near Dresden on Saturday morning and halted production.",
            "Two workers were treated for smoke inhalation. About 120 firefighters took six hours to put out the flames.",
            "“We do not know yet when the lines can run again,” said a spokeswoman for Elbe Microsystems, which supplies several carmakers.",
            "Police in Saxony are investigating the cause. A technical fault in an air filter is thought to be the most likely.",
        ],
    },
];
