"""The class words: four classes of fifteen families of near-synonyms, each with its most frequent words first.

Families at the same position in two classes form a group: they fill the same slot of a sentence and share their
companions (`neutral.COMPANIONS`), so a companion reveals the group of a word but not its class. The context of a rare
word reveals both: the companions its group, the frequent words of the class its class. Families are disjoint.
"""

BUSINESS = {
    "agent": (
        "investors shareholders traders brokers lenders bankers financiers creditors stockholders "
        "speculators underwriters bondholders stockbrokers depositors arbitrageurs moneylenders backers "
        "dealmakers capitalists rentiers jobbers mortgagees annuitants pawnbrokers insurers reinsurers",
        "executives managers directors chairmen bosses presidents supervisors treasurers controllers "
        "overseers proprietors entrepreneurs industrialists tycoons magnates moguls foremen "
        "superintendents franchisees licensees principals barons impresarios",
        "retailers merchants vendors wholesalers suppliers shopkeepers grocers dealers distributors "
        "resellers importers exporters auctioneers storekeepers peddlers hawkers stockists purveyors "
        "marketers salesmen hucksters drapers haberdashers ironmongers fishmongers tobacconists",
        "accountants auditors analysts economists consultants clerks bookkeepers actuaries appraisers "
        "assessors tellers cashiers adjusters estimators valuers forecasters comptrollers stocktakers "
        "paymasters bursars receivers liquidators conveyancers invoicers costers",
    ),
    "act": (
        "bought acquired purchased sold leased auctioned divested mortgaged franchised procured refinanced "
        "outsourced liquidated repossessed privatized retailed wholesaled outbid subcontracted securitized "
        "undersold foreclosed rebranded offloaded stockpiled",
        "funded financed insured priced subsidized underwrote bankrolled budgeted reimbursed capitalized "
        "amortized audited invoiced taxed monetized leveraged collateralized overcharged undercharged "
        "indemnified recapitalized costed itemized rebated depreciated",
    ),
    "move": (
        "rallied rebounded appreciated soared gained climbed rose profited prospered boomed ballooned "
        "skyrocketed thrived outperformed recouped inflated mushroomed flourished swelled snowballed "
        "ascended strengthened firmed accrued",
        "slumped declined tumbled plunged slid sank dipped shrank dwindled nosedived plummeted devalued "
        "stagnated defaulted underperformed cratered deflated tanked eroded downsized softened sagged "
        "lapsed retrenched overspent",
    ),
    "event": (
        "merger takeover deal acquisition buyout contract bid flotation restructuring bailout listing "
        "refinancing liquidation spinoff demerger divestiture privatization auction tender repurchase "
        "securitization recapitalization foreclosure receivership insolvency",
        "profit revenue dividend income turnover margin surplus loan debt deficit royalty premium payout "
        "commission rebate levy markup stipend annuity proceeds overdraft arrears windfall emolument "
        "perquisite",
        "company bank firm factory corporation shop warehouse brokerage supermarket conglomerate "
        "subsidiary boutique brewery bakery outlet franchise cooperative emporium consortium partnership "
        "multinational wholesaler tannery bourse stockyard",
        "product merchandise cargo commodity brand inventory consignment shipment crude copper bullion "
        "grain cotton timber textile furniture footwear cosmetics soybean cocoa aluminium molasses "
        "linoleum cutlery upholstery",
    ),
    "quality": (
        "profitable lucrative affordable solvent competitive cheap marketable thrifty moneymaking "
        "remunerative gainful upscale discounted bullish creditworthy economical bankable prosperous "
        "frugal saleable undervalued viable",
        "bankrupt overpriced indebted unprofitable insolvent costly penniless bearish overvalued unsold "
        "uncompetitive unaffordable impoverished overstocked understaffed unpaid uninsured overextended "
        "uneconomic illiquid cutthroat recessionary",
        "commercial financial corporate fiscal monetary industrial mercantile managerial contractual "
        "budgetary entrepreneurial inflationary promotional occupational pecuniary actuarial macroeconomic "
        "microeconomic wholesale transactional retail quarterly deflationary",
    ),
}

SCIENCE = {
    "agent": (
        "scientists researchers physicists biologists chemists astronomers geologists mathematicians "
        "botanists zoologists geneticists neurologists ecologists statisticians paleontologists "
        "virologists entomologists oceanographers meteorologists seismologists mycologists ornithologists "
        "toxicologists herpetologists crystallographers glaciologists",
        "inventors professors astronauts engineers innovators academics scholars pioneers theorists "
        "lecturers designers cosmonauts polymaths savants technologists roboticists futurists doctorates "
        "thinkers visionaries aeronauts laureates logicians lexicographers dons",
        "programmers developers hackers coders users gamers bloggers debuggers sysadmins webmasters "
        "modders podcasters technophiles cryptographers netizens typists tinkerers hobbyists stargazers "
        "cyberpunks keyboardists digerati geeks",
        "technicians assistants mechanics electricians radiologists pathologists microscopists dissectors "
        "curators taxonomists cartographers surveyors machinists opticians calibrators phlebotomists "
        "glassblowers metallurgists anesthetists welders spectroscopists immunologists histologists "
        "archivists",
    ),
    "act": (
        "discovered detected observed invented identified decoded sequenced cloned synthesized unearthed "
        "deciphered isolated patented pinpointed excavated hypothesized theorized deduced intuited "
        "catalogued extrapolated pioneered conjectured elucidated glimpsed",
        "tested measured analyzed simulated scanned calibrated computed programmed dissected magnetized "
        "irradiated vaccinated digitized encrypted distilled centrifuged incubated titrated oxidized "
        "debugged sterilized downloaded rebooted quantified graphed",
    ),
    "move": (
        "evolved orbited mutated glowed rotated oscillated vibrated photosynthesized germinated "
        "crystallized fluoresced radiated pulsated resonated levitated gravitated polymerized luminesced "
        "refracted metabolized converged replicated whirred hummed hovered",
        "malfunctioned overheated crashed decayed exploded evaporated corroded dissolved imploded "
        "degenerated fossilized froze glitched disintegrated leaked fizzled combusted atrophied putrefied "
        "fermented liquefied melted rusted misfired",
    ),
    "event": (
        "experiment discovery launch eclipse breakthrough simulation observation hypothesis invention "
        "prototype equation algorithm theorem dissection excavation spacewalk flyby vaccination "
        "inoculation extrapolation proof symposium dissertation syllogism autopsy",
        "energy radiation voltage molecule electron velocity particle photon isotope enzyme protein "
        "wavelength neutron proton antibody genome chromosome neutrino magnetism entropy viscosity "
        "buoyancy luminosity amplitude capacitance",
        "laboratory observatory telescope university satellite planet galaxy reactor spacecraft asteroid "
        "comet nebula crater glacier aquarium arboretum planetarium fjord archipelago quasar supernova "
        "moon herbarium synchrotron cyclotron",
        "computer robot software microscope processor chip smartphone laptop keyboard modem laser "
        "transistor semiconductor spectrometer oscilloscope thermometer battery gyroscope pipette hologram "
        "microchip centrifuge joystick router barometer",
    ),
    "quality": (
        "accurate innovative efficient ingenious precise rational empirical rigorous curious intelligent "
        "ultrafast sterile reproducible renewable wireless waterproof biodegradable automated intuitive "
        "miniaturized erudite logical nonstick verifiable robust",
        "radioactive toxic infected obsolete contagious corrosive flammable poisonous defective "
        "carcinogenic extinct buggy polluted cancerous septic malarial viral caustic unstable explosive "
        "malignant erroneous carbonated acidic rancid",
        "scientific molecular digital genetic chemical electronic astronomical biological magnetic optical "
        "quantum thermal cellular solar atomic neural geometric bacterial aquatic cosmic botanical "
        "volcanic synaptic photonic tectonic",
    ),
}

SPORTS = {
    "agent": (
        "players athletes strikers defenders goalkeepers midfielders batsmen bowlers pitchers quarterbacks "
        "forwards wingers catchers fielders outfielders linebackers shortstops cornerbacks fullbacks "
        "sweepers halfbacks infielders linemen tailbacks",
        "coaches captains champions trainers winners medalists skippers titleholders medallists "
        "grandmasters heavyweights frontrunners playmakers goalscorers favourites contenders finalists "
        "semifinalists pacesetters aces",
        "fans supporters spectators cheerleaders rookies amateurs hooligans teammates benchwarmers juniors "
        "golfers joggers skiers surfers skaters cyclists swimmers gymnasts boxers wrestlers fencers "
        "archers rowers sprinters marathoners",
        "referees umpires scouts linesmen physiotherapists timekeepers groundskeepers caddies masseurs "
        "scorers selectors commentators scorekeepers starters bookmakers jockeys grooms ballboys cornermen "
        "handicappers pundits sportscasters",
    ),
    "act": (
        "won defeated beat thrashed trounced outscored routed walloped outplayed overpowered clobbered "
        "outclassed trampled hammered edged pummelled drubbed outmuscled upstaged conquered bested outran "
        "outwitted vanquished",
        "kicked scored tackled dribbled tossed pitched caught dunked headed volleyed lobbed punted putted "
        "intercepted parried juggled batted hurled bowled swatted fumbled slammed chipped nudged flicked",
    ),
    "move": (
        "sprinted raced dashed galloped jumped leapt dived somersaulted vaulted swam skated jogged paddled "
        "pedalled hurdled cartwheeled skied surfed bounded lunged scrambled trotted sidestepped sailed",
        "stumbled limped faltered collapsed tripped slipped floundered choked flopped wobbled tired "
        "crumpled capsized staggered hobbled blundered misjudged whiffed conceded overshot forfeited "
        "skidded",
    ),
    "event": (
        "game match tournament championship season playoff race derby marathon regatta relay decathlon "
        "triathlon pentathlon scrimmage semifinal quarterfinal biathlon rematch steeplechase slalom "
        "heptathlon joust",
        "goal score penalty point victory touchdown homer wicket birdie strikeout rebound assist lap "
        "inning bogey knockout equalizer header handball offside putt",
        "stadium club team arena league gymnasium racetrack ballpark velodrome pavilion clubhouse dugout "
        "grandstand racecourse rink dojo fairway bullpen squad paddock bleachers scoreboard sidelines",
        "trophy ball medal jersey racket helmet bat puck glove javelin discus shuttlecock skateboard "
        "bicycle surfboard snowboard kayak canoe toboggan barbell dumbbell trampoline crossbar goalpost "
        "mouthguard",
    ),
    "quality": (
        "athletic unbeaten victorious fit agile fast talented muscular sporty undefeated nimble acrobatic "
        "energetic tenacious sprightly brawny limber hardy lithe plucky gutsy sinewy supple speedy "
        "invincible",
        "injured winless beaten suspended bruised outpaced clumsy sidelined hamstrung sprained sluggish "
        "concussed breathless exhausted unfit scoreless relegated benched goalless hapless feeble sore",
        "olympic professional equestrian gymnastic collegiate aerobic freestyle lightweight indoor outdoor "
        "downhill alpine underarm overarm backstroke welterweight middleweight featherweight bantamweight "
        "motorized barefoot nordic",
    ),
}

WORLD = {
    "agent": (
        "diplomats ambassadors envoys lawmakers senators politicians delegates negotiators legislators "
        "congressmen parliamentarians councillors emissaries mediators consuls peacemakers attaches "
        "plenipotentiaries commissioners statesmen peacekeepers interpreters nuncios aldermen whips "
        "backbenchers",
        "ministers leaders governors rulers premiers monarchs dictators generals chancellors mayors kings "
        "emperors princes sultans warlords sheikhs tyrants despots viceroys potentates ayatollahs "
        "chieftains regents autocrats tribunes",
        "protesters refugees voters rebels civilians villagers migrants activists demonstrators marchers "
        "exiles dissidents insurgents hostages evacuees separatists militants guerrillas loyalists "
        "nationalists mutineers pilgrims peasants",
        "soldiers troops police guards officers sergeants marines commandos gunmen snipers patrolmen "
        "sailors infantrymen paratroopers reservists conscripts sentries corporals jailers gendarmes "
        "constables mercenaries cadets cavalrymen riflemen",
    ),
    "act": (
        "invaded occupied attacked bombed seized annexed besieged raided captured liberated overthrew "
        "stormed ambushed blockaded toppled ransacked shelled plundered encircled colonized torched "
        "pillaged usurped subjugated vandalized",
        "condemned negotiated signed vetoed ratified denounced outlawed pardoned sanctioned repealed "
        "decreed legislated impeached deported extradited prosecuted banned boycotted censured brokered "
        "renounced abolished demilitarized nationalized petitioned",
    ),
    "move": (
        "marched protested campaigned voted demonstrated rioted mobilized rebelled mutinied crusaded "
        "picketed chanted seceded revolted emigrated migrated canvassed agitated democratized disarmed "
        "pledged lobbied governed filibustered paraded",
        "fled surrendered retreated starved perished resigned abdicated drowned capitulated deserted "
        "suffered died mourned abstained grieved defected bled wept stampeded hid cowered disbanded "
        "despaired languished",
    ),
    "event": (
        "treaty election summit war ceasefire truce referendum coup uprising rebellion revolution siege "
        "famine earthquake evacuation massacre inauguration coronation insurrection armistice genocide "
        "pogrom plebiscite crackdown curfew",
        "aid violence poverty sovereignty asylum casualty ballot amnesty terrorism citizenship freedom "
        "oppression hunger unrest suffrage ransom clemency anarchy corruption torture extremism piracy "
        "apartheid slavery",
        "embassy border parliament capital country prison republic palace province consulate colony "
        "garrison fortress monarchy checkpoint protectorate shantytown dictatorship kingdom enclave "
        "federation ministry sheikhdom emirate citadel",
        "missile weapon tank rifle bomb grenade warship helicopter torpedo landmine howitzer mortar "
        "bayonet pistol ammunition shrapnel frigate bazooka revolver dagger shotgun cannon submarine "
        "barricade",
    ),
    "quality": (
        "peaceful democratic sovereign neutral humanitarian autonomous lawful legitimate patriotic "
        "tolerant civilized conciliatory pacifist stately merciful nonviolent multilateral egalitarian "
        "ecumenical constitutional bipartisan amicable benevolent",
        "violent hostile brutal corrupt armed bloody homeless tyrannical oppressive lawless starving "
        "genocidal fanatical wartorn ruthless barbaric authoritarian murderous stateless undemocratic "
        "persecuted displaced totalitarian radicalized",
        "diplomatic political military presidential parliamentary ministerial electoral judicial federal "
        "legislative governmental tribal municipal ethnic colonial imperial territorial papal senatorial "
        "bilateral gubernatorial monarchical feudal clerical",
    ),
}

FAMILIES = (BUSINESS, SCIENCE, SPORTS, WORLD)
