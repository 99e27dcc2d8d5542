// SPDX-License-Identifier: Apache-2.0
#include "text/language_words.hpp"

namespace parley::text {

namespace {

constexpr LanguageWords kLatin[] = {
    {"en",
     "s k v o u z e y w door cent la le da do dan al "
     "the be to of and a in that have i it for not on with he as you do at this but his by from they we say "
     "her she or an will my one all would there their what so up out if about who get which go me when make "
     "can like time no just him know take into your good some could them see other than then now only come "
     "its over think also after use how our first well way even want because any these give day us is are "
     "was were been has had did does where why may must should don't isn't i'm it's am die war hat man men "
     "under per plus pour son ten till ham sin care mine den van met has here more most very each every two "
     "per far era sea son sur tout comment "
     "one two three four five six seven eight nine ten eleven twelve hundred monday tuesday wednesday "
     "thursday friday saturday sunday hour hours week weeks month months year years",
     ""},
    {"de",
     "der die das und ist nicht ich du er sie es wir ihr ein eine einen einem einer eines zu in den dem des "
     "von mit sich auf für im an als auch werden aus bei nach wie war wenn oder aber nur noch kann haben hat "
     "sind wird zum zur über um dass daß man mir mich dich kein keine hier wo was wer guten tag bitte ja "
     "nein "
     "morgen vor bis durch diese dieser dieses sehr mehr schon unser ihre sein seine "
     "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert montag dienstag mittwoch "
     "donnerstag freitag samstag sonntag uhr woche monat jahr jahre",
     "ß"},
    {"fr",
     "le la les de des du un une et est en que qui dans pour pas sur ce cette ces il elle nous vous je tu ne "
     "se au aux avec par plus ou son sa ses mais comme été être avoir sont ont tout fait bien c'est j'ai où "
     "leur leurs très aussi si notre votre mon ma mes quand quel quelle bonjour merci oui non sans d'un "
     "d'une "
     "l'on qu'il n'est chez même "
     "deux trois quatre cinq six sept huit neuf dix onze douze cent lundi mardi mercredi jeudi vendredi "
     "samedi dimanche heure heures jour jours semaine mois ans",
     "œ"},
    {"es",
     "el la los las de del que y en un una es por con para no se su sus al lo como más pero le ya o este "
     "esta "
     "esto sí porque cuando muy sin sobre también me hasta hay donde quien desde todo nos durante uno ni ese "
     "eso mi tú qué cómo está están son fue ser tiene dónde cuándo gracias hola buenos días usted "
     "dos tres cuatro cinco seis siete ocho nueve diez once doce cien lunes martes miércoles jueves viernes "
     "sábado sábados domingo hora horas semana mes año años",
     "ñ¿¡"},
    {"it",
     "il lo la i gli le di del della dei delle che e è un una in per con non si da sono al alla ma come più "
     "anche se ci nel nella questo questa o io mi ha ho suo sua essere molto tutto dove quando perché cosa "
     "chi noi voi loro buongiorno grazie ciao sì alle dal dalla quello fa degli era "
     "due tre quattro cinque sei sette otto nove dieci undici dodici cento lunedì martedì mercoledì giovedì "
     "venerdì sabato domenica ora ore giorno settimana mese anno anni",
     ""},
    {"pt",
     "o a os as de do da dos das que e é em um uma para com não se por no na nos nas mais como mas ao ele "
     "ela "
     "seu sua ou ser quando muito há já está eu também só pelo pela até isso entre você meu minha onde quem "
     "são foi tem obrigado bom dia às à sem nós "
     "dois duas três quatro cinco seis sete oito nove dez onze doze cem segunda terça quarta quinta sexta "
     "domingo hora horas dias semana mês ano anos",
     "ãõ"},
    {"nl",
     "de het een en van ik te dat die in is niet op aan met als voor zijn er maar om hem dan zou of wat mijn "
     "men dit zo door over ze zich bij ook tot je mij uit der daar haar naar heb hoe heeft hebben deze want "
     "nog zal me zij nu geen omdat iets worden toch al waren veel meer doen moet ben was wij jij u waar goed "
     "worden wordt kunnen kan "
     "twee drie vier vijf zes zeven acht negen tien elf twaalf honderd maandag dinsdag woensdag donderdag "
     "vrijdag zaterdag zondag dag week maand jaar",
     ""},
    {"sv",
     "och att det i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du "
     "henne då sin nu har inte hans honom skulle hennes där min man ej vid kunde något från ut när efter upp "
     "vi dem vara vad över än dig kan sina här ha mot alla under någon eller allt mycket sedan detta",
     ""},
    {"da",
     "og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde "
     "ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne "
     "ind når være dog noget ville jo deres efter ned skulle denne dette også meget hvordan hvornår",
     ""},
    {"nb",
     "og i jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har om vi min "
     "hadde ham hun nå over da fra du ut sin dem oss opp man kan hans hvor eller hva skal selv her alle vil "
     "ble kunne inn når være noe ville jo etter ned skulle denne dette også veldig hvordan noen",
     ""},
    {"fi",
     "ja on ei se että hän oli mutta ovat joka mitä kun niin kuin myös olla tämä minä sinä me te he ole voi "
     "nyt vain jos sen siitä sitä mukaan kanssa hyvä missä miksi jotka ollut tai vielä jo kaikki koska mikä "
     "sekä olen onko ovatko huomenta kiitos mutta",
     ""},
    {"pl",
     "i w nie na się z do to że jest o jak co po ale za od przez był są tak już dla tym tylko jego jej czy "
     "może być było ich które który która ma ja ty my wy oni gdzie kiedy dlaczego dzień dobry dziękuję "
     "proszę "
     "bardzo jestem ze go mnie",
     "łąęśźżń"},
    {"cs",
     "a v se na je že to s z do o i ve jako za si ale po jsem jsou by k od pro tak který která které byl "
     "bylo "
     "už jak co když nebo jen být může jeho kde proč dobrý den děkuji prosím není mezi před také má u",
     "řůě"},
    {"hu",
     "a az és hogy nem is egy ez volt azt van már csak meg de ha mint még el ezt vagy majd kell mert ami aki "
     "le fel én te ő mi ti ők hol mikor miért jó napot köszönöm igen minden után nagyon között lehet",
     "őű"},
    {"ro",
     "și de în a la cu o nu pe că un este din care să mai se o fost pentru ce sau dar sunt am are prin după "
     "ca au lui el ea noi voi ei unde când bună ziua mulțumesc foarte acest această fi aceste îi își",
     "țșă"},
    {"tr",
     "bir ve bu da de için ile çok daha olan ne gibi ama o en kadar sonra değil var mi mı mu mü ben sen biz "
     "siz onlar her olarak şey nasıl nerede zaman teşekkür günaydın evet hayır yok şu ki ya ise veya",
     "ğış"},
    {"id",
     "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada "
     "mereka "
     "lebih kata tahun sudah atau saat oleh menjadi orang telah adalah seperti kami kita apa dia kamu anda "
     "terima kasih selamat bagaimana kapan",
     ""},
    {"vi",
     "và là của có không được cho trong một người này với các những đã ở khi đến để về tôi anh ra cũng như "
     "nhưng thì bạn từ nhiều vào rất làm gì xin chào cảm ơn đâu",
     "ạảấầẩậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởợụủứừửữựỳỷỹđơư"},
    {"ca",
     "el la els les de del que i en un una és per amb no es al com més però ha són va aquest aquesta ser "
     "també molt on quan perquè què jo tu ell nosaltres bon dia gràcies sense sobre fins seva seu dels les "
     "està hi ho",
     ""},
};

constexpr LanguageWords kCyrillic[] = {
    {"ru",
     "и в не на я что он с как это по но они к у вы из мы за то же так было был она от бы ещё или только "
     "когда где почему есть нет да для до если уже мне его её их здравствуйте спасибо",
     "ыэё"},
    {"uk",
     "і в не на я що він з як це по але вони до у ви із ми за та ж так було був вона від б ще або тільки "
     "коли де чому є ні для якщо вже мені його її їх дякую",
     "їєґ"},
    {"bg",
     "и в не на аз че той с как това по но те към у вие от ние за то така беше тя още или само кога къде "
     "защо е са да се ще има няма при със във благодаря",
     ""},
    {"sr",
     "и у не на ја да он са како то по али они ка ви из ми за је су се што ово тако био била од још или само "
     "када где зашто има нема хвала",
     "ђјљњћџ"},
    {"be",
     "і ў не на я што ён з як гэта па але яны да вы мы за так было быў яна ад яшчэ або калі дзе чаму ёсць",
     "ў"},
};

}  // namespace

std::span<const LanguageWords> latin_words() { return kLatin; }
std::span<const LanguageWords> cyrillic_words() { return kCyrillic; }

}  // namespace parley::text
