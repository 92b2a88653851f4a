//! Function words by language: the commonest words that carry grammar and no subject.
//!
//! Written from general knowledge of the languages; a word may stand under several. At most 64
//! languages, since a word's languages are kept as bits.

/// Language code and its words, in lower case.
pub(super) const FUNCTION_WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to in a is that for it was on are as with be he his she her at by not have from had has will would been were which their they its an or this but who you we i said after more about up over new than when out into can also could there if so what all do no one my your our us them him me some other these those then just because while where how only very most any such may must should did does before between under during against through off being both each few same too now here why own again once until down",
    ),
    (
        "de",
        "der die das und in zu den von mit ist des sich auf für nicht ein eine im dem auch es an als werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ihr wir ich",
    ),
    (
        "fr",
        "de la le les et des en un une du que est dans qui par pour au sur pas plus ne se il elle ce avec sont son sa ses aux été cette ont mais ou nous leur lui deux après ces être fait je vous à a d'un d'une l'on c'est qu'il s'est n'est on",
    ),
    (
        "es",
        "de la que el en y los del se las por un con una su para es al lo como más o pero sus le ha este entre fue son está también desde sobre cuando hay sin ser muy años ya dos yo nos porque esta ante han era e durante contra no si me a dijo van lunes fue les ni así",
    ),
    (
        "pt",
        "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito nos já também pelo pela até isso ela entre depois sem mesmo aos seus quem nas me esse são foi está há ter",
    ),
    (
        "it",
        "di e il la che in a un per è del una della sono non le con i da al nel dei alla si ha più dal come gli delle ma lo anche dalla nella o su ai all degli se tra ed stato questa hanno suo sua dopo dell'anno questo l'ha nell un'altra era ci",
    ),
    (
        "nl",
        "de van het een en in is dat op te zijn met voor die niet aan er om ook als maar bij door naar uit was heeft worden over hij ze nog wordt tot dan werd hebben kan zich deze na of geen veel wel meer al zei ik we",
    ),
    (
        "sv",
        "och att det som i en på är av för den med till inte om har de ett han men var sig från vi så kan när säger efter ska nu vid också jag där år under hon eller mot blir bli skulle ut över mycket sin hade",
    ),
    (
        "nb",
        "og i det er på til som en å for av at har med de ikke den han om et var fra vi men seg sier ble kan jeg også etter skal ved så nå eller bare sa være blitt over når hva ut hun mot må opp få noe mer",
    ),
    (
        "da",
        "og i at det er en til på af for der som har med de ikke den et var han om fra men vi kan sig så også blev siger eller efter ved nu skal hvor havde være jeg når være bliver over mod hun ud op meget end hvis af mere sagde",
    ),
    (
        "fi",
        "ja on ei että se oli hän mutta myös kun ovat tai jos mukaan ole joka kuin sen vuoden niin jo ollut hänen sekä voi vain mitä nyt tämä olla mitä sitä kanssa jälkeen siitä vielä noin minä",
    ),
    (
        "is",
        "og að í á er sem til við en um það af með ekki fyrir var hann frá hún hafa segir verið eru því þess þeim þar voru eftir hefur verði yrði yfir þetta sé sagði hans",
    ),
    (
        "pl",
        "w i na z się do nie że to jest o za od po jak przez ale dla oraz jego był są tym co już tego przy było tak może czy ich tylko być jej lub ze która który które także będzie będą roku przed",
    ),
    (
        "cs",
        "a v se na je že s z do o i to k ve pro za by ale si po jako od podle jsou které který také už jeho byl bude jen však při může nebo další než tak roku která má až ze mezi pak před",
    ),
    (
        "sk",
        "a v sa na je že s z do o aj to k vo pre za by ale si po ako od podľa sú ktoré ktorý tiež už jeho bol bude len však pri môže alebo ďalší než tak roku ktorá má až zo medzi pred nie",
    ),
    (
        "sl",
        "in je v na da se za so ki z po ne tudi pa bi kot še od pri o do bo s ali sta le ter ni lahko ko iz že smo kar bil bila pred med",
    ),
    (
        "hr",
        "je i u se na da za su od s će a koji o kako iz ne što to koje nije bi do ali koja po samo te bio sa prema kao ili nakon još biti već sve zbog tijekom dok",
    ),
    (
        "sr",
        "је и у се на да за су од са ће а који о како из не што то које није би до али која по само те био према као или након још бити већ све због",
    ),
    (
        "hu",
        "a az és hogy nem is egy ez meg van de volt szerint már csak még el mint után ha vagy azt ki kell lesz ezt több pedig lehet amely majd akkor között miatt fel minden be",
    ),
    (
        "ro",
        "de și în a la că pe cu nu o din pentru se un este care ce mai au fost după sunt s-a al sau prin ale dar lui ca iar fi are am această când între până cel fie va",
    ),
    (
        "tr",
        "ve bir bu da de için ile olarak daha çok olan en gibi ne kadar olduğunu sonra ise ancak göre var ya o ki her dedi yeni değil hem şu oldu ama mi diye nin bunun",
    ),
    (
        "az",
        "və bir bu da də üçün ilə olan ki daha çox o edib ən kimi sonra isə görə var ya hər olub deyil həm amma bunun üzrə",
    ),
    (
        "id",
        "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena tersebut bisa ada oleh atau mereka sudah telah saat kata sebagai adalah kami saya dia lebih bahwa kepada menjadi",
    ),
    (
        "ms",
        "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke kerana tersebut boleh ada oleh atau mereka sudah telah ketika kata sebagai adalah kami saya beliau lebih bahawa kepada menjadi berkata",
    ),
    (
        "tl",
        "ang ng sa na mga at ay ni si para ito hindi kung nang may isang din rin ang mga kay siya niya pa naman lang dahil ayon",
    ),
    (
        "vi",
        "và của là có trong được cho các với không này một người đã những để khi từ đến cũng về như tại ra vào sau trên theo",
    ),
    (
        "sw",
        "ya na wa kwa ni katika za la kuwa hiyo huyo hayo kwamba alisema wakati baada yake hii huo cha pia watu zaidi lakini kama baadhi",
    ),
    (
        "af",
        "die van en in het is nie te dat 'n op met vir om wat aan ook sy by as hy word was sal hulle deur maar na oor uit kan",
    ),
    (
        "ca",
        "de la i que a el en els les del un una per amb és al no se dels ha més com les però també aquest seva van l'any són aquesta segons",
    ),
    (
        "gl",
        "de a que e o en do da un unha para os as non con por se na no máis como ao é pola polo tamén foi súa seu entre sobre dos",
    ),
    (
        "eu",
        "eta da ez du dute ere dira bat izan zuen baina egin zen hau den dela dituzte zuten beste gero hori dugu baino",
    ),
    (
        "ga",
        "an na ar agus ag go sa i is a le do bhí tá sé ní de don níos aon seo mar atá faoi leis",
    ),
    (
        "cy",
        "y yn a i o ar yr mae bod wedi ei fod am gan eu yw oedd ond hefyd na wrth cael dros bydd",
    ),
    (
        "sq",
        "e të në që dhe për me i nga një është u do ka më nuk si ishte janë pas këtë se ai kanë por duke",
    ),
    (
        "lt",
        "ir kad yra į iš su apie tai kaip bei ne nuo bet buvo po jo už per dėl ar taip prie jau tik gali",
    ),
    (
        "lv",
        "un ir ka no ar par uz arī kas bet lai pēc tas nav ne kā līdz pie vai jau būs bija gan šo",
    ),
    (
        "et",
        "ja on ei et ka see oli kui ta mis kes oma aga siis või ning pärast juba nende seda ole veel üle",
    ),
    (
        "ru",
        "в и не на что с по он как это к из а но за от его для о у было бы до же так все также после который если при она они или их ее уже был года только чтобы со будут",
    ),
    (
        "uk",
        "в і не на що з та у до як це за від про його для він але а по є було також після який якщо при вона вони або їх її вже був року лише щоб зі які триватимуть й",
    ),
    (
        "bg",
        "на и в за се от да е не са че с по това като до но ще към при или след който които си беше има бъде още само му ги",
    ),
    (
        "mk",
        "на и во за се од да е не што со по тоа како до но ќе при или кој кои ги беше има биде уште само му дека",
    ),
    (
        "be",
        "і ў не на што з у па як гэта за ад яго для ён але а да было таксама пасля які калі пры яна яны або ўжо быў",
    ),
    (
        "ar",
        "في من على إلى أن عن التي الذي مع هذا هذه ما لا بعد قال كما أو كان إن بين كل ذلك قد لم وقال حتى خلال سوف",
    ),
    ("fa", "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد می وی گفت اما ما"),
    ("ur", "کے میں کی ہے اور سے کا کو نے کہ پر ہیں اس یہ بھی تھا گیا جو ایک لیے ان ہو"),
    ("hi", "के में की है और से का को ने कि पर हैं इस यह भी था गया जो एक लिए"),
    ("mr", "आणि या आहे की ते व हा ही तर आहेत होते यांनी होता मध्ये नाही"),
    ("ne", "र छ को का मा ले भने पनि हो छन् गरेको यो भएको लागि"),
    ("he", "של את על לא הוא זה עם כי גם אל היא או כל יותר אבל אני מה לאחר בין אך"),
    ("eo", "la kaj de en estas ne al por ke kun li sed pri el ili ĝi estis tiu"),
];
