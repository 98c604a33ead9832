/** A city with its state and the first three digits of its zip codes; `weight` is about its people in 10,000. */
export interface Place {
  readonly city: string;
  readonly state: string;
  readonly zipPrefix: string;
  readonly weight: number;
}

// Cities proper by the census of 2020, rounded; the prefix is that of the city's own sectional centre (USPS).
const ROWS = `
New York|NY|100|880 Los Angeles|CA|900|390 Chicago|IL|606|275 Houston|TX|770|230 Phoenix|AZ|850|161
Philadelphia|PA|191|160 San Antonio|TX|782|143 San Diego|CA|921|139 Dallas|TX|752|130 San Jose|CA|951|101
Austin|TX|787|96 Jacksonville|FL|322|95 Fort Worth|TX|761|92 Columbus|OH|432|91 Indianapolis|IN|462|89
Charlotte|NC|282|87 San Francisco|CA|941|87 Seattle|WA|981|74 Denver|CO|802|72 Washington|DC|200|69
Nashville|TN|372|69 Oklahoma City|OK|731|68 El Paso|TX|799|68 Boston|MA|021|68 Portland|OR|972|65
Las Vegas|NV|891|64 Detroit|MI|482|64 Memphis|TN|381|63 Louisville|KY|402|63 Baltimore|MD|212|59
Milwaukee|WI|532|58 Albuquerque|NM|871|56 Tucson|AZ|857|54 Fresno|CA|937|54 Sacramento|CA|958|52
Kansas City|MO|641|51 Atlanta|GA|303|50 Omaha|NE|681|49 Colorado Springs|CO|809|48 Raleigh|NC|276|47
Virginia Beach|VA|234|46 Long Beach|CA|908|47 Miami|FL|331|44 Oakland|CA|946|44 Minneapolis|MN|554|43
Tulsa|OK|741|41 Bakersfield|CA|933|40 Wichita|KS|672|40 Tampa|FL|336|38 New Orleans|LA|701|38
Honolulu|HI|968|35 Cleveland|OH|441|37 Anchorage|AK|995|29 Newark|NJ|071|31 Cincinnati|OH|452|31
Orlando|FL|328|31 Pittsburgh|PA|152|30 St. Louis|MO|631|30 Buffalo|NY|142|28 Boise|ID|837|24
Richmond|VA|232|23 Spokane|WA|992|23 Des Moines|IA|503|21 Rochester|NY|146|21 Salt Lake City|UT|841|20
Little Rock|AR|722|20 Birmingham|AL|352|20 Sioux Falls|SD|571|19 Providence|RI|029|19 Jackson|MS|392|15
Charleston|SC|294|15 Columbia|SC|292|14 Fargo|ND|581|13 Hartford|CT|061|12 Billings|MT|591|12
Manchester|NH|031|12 Wilmington|DE|198|7 Portland|ME|041|7 Cheyenne|WY|820|7 Charleston|WV|253|5 Burlington|VT|054|4
`;

/** Large cities, at least one in each state and the District of Columbia. */
export const PLACES: readonly Place[] = ROWS.trim()
  .split(/(?<=\|\d+)\s+/)
  .map((row) => {
    const [city = "", state = "", zipPrefix = "", weight = ""] = row.split("|");
    return { city, state, zipPrefix, weight: Number(weight) };
  });
