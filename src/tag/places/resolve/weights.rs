//! How the evidence for a place is weighed.

/// How evidence is weighed: fitted by random search on local news of the United States, Wikinews of the whole
/// world and lists of large cities together. The sums are flat around these: settings drawn at random differ by a
/// few points in a hundred, and what does better on either half of a set does better on the other.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Of the logarithm of the population.
    pub population: f64,
    /// Of the logarithm of the share of votes for the same division.
    pub division: f64,
    /// Of the logarithm of the share of votes for the same country.
    pub country: f64,
    /// Of the logarithm of the share of votes for what is near.
    pub near: f64,
    /// Smoothing of the shares.
    pub floor: f64,
    /// For countries.
    pub prominence: f64,
    /// For divisions.
    pub division_prominence: f64,
    /// Against a division that shares its name with a metropolis or a capital: `New York`.
    pub metropolis: f64,
    /// For a candidate inside a container that the text names.
    pub container: f64,
    /// How much quieter a name votes that is not sure of its place: the power of its best belief.
    pub sure: f64,
    /// How much a name's own size says before any vote is heard.
    pub first: f64,
    /// How much louder a name votes that can mean only one place.
    pub certain: f64,
    /// What a region has of a country's prominence, as a factor.
    pub region: f64,
    /// Votes that are for no place.
    pub smooth: f64,
    /// For a city of a million people or more, and a capital: news of the whole world names it.
    pub world: f64,
    /// For a place in a country that the story names, or whose people it names.
    pub told: f64,
    /// Against a division that shares its name with a country, where nothing speaks for the division's own.
    pub unheard: f64,
    /// Against a division that shares its name with a capital or another city of millions, where nothing in the
    /// story is in the division.
    pub undivided: f64,
    /// Against a place that is called otherwise first, where another is called so and is not much smaller.
    pub alias: f64,
    /// Against a city that a large one overshadows by name, outside of the countries that the story names.
    pub shadow: f64,
    /// Against a city of the New World that is called as a large one of Europe is, and is not much larger.
    pub namesake: f64,
    /// Against a town, where a city of its name is in a country that the story names.
    pub outgrown: f64,
    /// Against a town that has the name of a country, where nothing beside the name is of a town.
    pub great_land: f64,
    /// The same against one that has the name of a city many times larger.
    pub great_city: f64,
    /// Fewest people of such a city.
    pub great_least: u32,
    /// Least share of votes for what is near at which nothing of these two is left.
    pub neighbours: f64,
    /// Share of votes for a country at which nothing of these two is left.
    pub heard: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            world: 0.687,
            told: 1.0,
            unheard: 1.0,
            undivided: 1.6,
            alias: 3.0,
            shadow: 4.0,
            namesake: 1.5,
            outgrown: 4.0,
            great_land: 9.0,
            great_city: 0.7,
            great_least: 1_000_000,
            neighbours: 0.6,
            heard: 0.8,
            certain: 2.293,
            region: 1.311,
            smooth: 0.779,
            population: 0.519,
            division: 1.077,
            country: 0.295,
            near: 2.191,
            floor: 0.0392,
            prominence: 3.106,
            division_prominence: 3.69,
            metropolis: 0.641,
            container: 12.0,
            sure: 1.014,
            first: 1.346,
        }
    }
}
