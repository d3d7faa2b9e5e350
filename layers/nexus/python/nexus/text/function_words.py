"""The commonest words of the languages that share a script with others.

They carry grammar and questions, so that nearly every sentence holds some of them. A word may
stand in several lists: then it says less.
"""

from __future__ import annotations

from collections.abc import Mapping

_LATIN = """
en the a an and of to in on at for with is are was were be been do does did what who whom whose how
en when where why which that this these those it its they them he she i we you my our your can
en could should would will may must not or if from by as about after before until has have had there
en their much many am any all between during each than into per who's what's isn't don't give tell
en name describe explain list his her him us me so but no more most some such only also out up
id yang dan di ke dari untuk dengan pada adalah itu ini apa siapa berapa kapan bagaimana mengapa
id mana apakah tidak atau saya kami kita anda mereka akan bisa dapat sudah belum harus jika kalau
id oleh dalam sebagai juga ada lebih tentang setelah sebelum hingga sampai kepada para secara
id dimana gimana kenapa jam hari biaya siapakah berapakah kapankah bagaimanakah manakah dimanakah
id mengapakah adakah bisakah dapatkah bolehkah haruskah nama terletak tahun negara disebut merupakan
id kata orang pertama antara bagi serta seorang sebuah boleh bukan jumlah mulai ialah kah nya
id tolong jelaskan sebutkan perlu wajib semua setiap saat ketika terjadi dibuat menjadi memiliki
id cara kamu dia sejak lahir terbesar manusia kota pulau agama ibu ibukota luas panjang tinggi
id abad zaman penulis pendiri keberapakah keberapa tanggal akhir awal letak disini ingin telah anda
id hapus berkas galat karena lagi sedang mau bagian sampai kenapakah ya
es el la los las de que y en un una por con para del se al lo como más es son qué quién cuál cuáles
es cuándo dónde cómo cuánto cuánta cuántos cuántas está están hay puede pueden debe tiene tengo
es puedo su sus mi mis me no si está desea usted todos todas esto eso ese esa porque sobre hasta
es desde fue ser o pero este esta estos estas cuando donde
es entre sin según hacer también nos les ya muy quiénes horas necesito
fr le la les de des du un une et à est en que qui dans pour pas sur au aux avec ce cette ces il elle
fr ils elles je nous vous on se sa son ses leur leurs mon ma mes quel quelle quels quelles quand où
fr comment pourquoi combien quoi sont être été avoir peut doit faut faire ou ne plus par qu
fr l' d' c' n' j' qu' s' est-ce dois puis notre votre jusqu entre lors lorsque sans doivent peuvent
fr cela tout tous toutes
fr quelqu aucun aucune voulez vouloir êtes suis fait dont chez
pt o a os as de do da dos das que e em um uma por com para no na nos nas ao à se é são como mais
pt qual quais quem quando onde quanto quanta quantos quantas está estão há pode podem deve tem
pt posso seu sua seus suas meu minha não ou sobre até desde foi ser mas este esta isso entre sem
pt pelo pela pelos pelas também já muito preciso devo num numa quê você deseja tem certeza realmente
pt continuar arquivo ficheiro então isto aos às onde seus ter ser todos todas
de der die das den dem des ein eine einen einem einer eines und ist sind war was wer wen wem wie wo
de wann warum wieso welche welcher welches welchen wieviel viel viele kann können muss müssen darf
de dürfen soll sollen wird werden hat haben habe ich wir sie er es man mein meine nicht kein keine
de für mit von vom zu zum zur im in am auf bei nach aus über um bis oder auch als dass wenn wo
de gibt sein seine ihr ihre durch gegen ohne zwischen wohin woher wofür worin sich
it il lo la i gli le di del della dei delle dello degli che e è in un una uno per con non si da dal
it dalla al alla ai alle nel nella nei nelle sul sulla come più sono chi cosa quando dove quanto
it quanta quanti quante quale quali qual perché può possono deve devo posso ha hanno ho mio mia suo
it l' d' c' un' dell' all' nell' sull' dall' quest' sua anche se fino tra fra ci quant dov cos
it questo questa dell dall nell sull nello essere stato
it stata sono già dopo prima così tutti tutte tutto vuoi ogni ed senza
nl de het een en van is zijn dat die in op te voor met niet aan er om door als bij ook naar uit over
nl wat wie waar wanneer waarom hoe hoeveel welke welk kan kunnen mag mogen moet moeten wordt worden
nl heeft hebben heb ik wij we u je jij zij hij mijn uw onze geen of tot tussen zonder deze dit dan
nl hoelang waarvoor
tr ve bir bu da de için ile ne kim kime nedir nasıl nerede nereye ne zaman neden niçin niye kaç
tr hangi mi mı mu mü olarak olan var yok daha çok en gibi kadar sonra önce veya ben biz siz
tr sen o şu her ama değil midir mıdır mudur müdür ki edilir olur kimdir kimin nereden saat
tr misiniz miyim mıyım gerekir hangisi musunuz mısınız müsünüz bunu istiyor istediğinizden emin tüm
vi là của và có không được cho những các một này đó với trong ngày khi nào ai gì đâu sao bao nhiêu
vi như thế ở từ đến tôi chúng bạn phải cần để hay hoặc vì thì mà về người năm làm nhất theo ra vào
vi lúc mấy giờ tại nơi trước sau bằng cách đã sẽ bị muốn nếu hiện tập tin thực sự lại
pl i w z na do nie się jest są to że o od po za dla jak co kto kiedy gdzie dlaczego czy ile jaki
pl jaka jakie jaką jakich który która które których którym można może muszę musi trzeba ja my przez
pl przy oraz lub ale ma mają był była było tego ten ta przed ze u kogo komu czym jakim swój moje
pl mój moja bez
ro și în de la cu pe pentru din nu este sunt ce cine când unde cum cât câtă câți câte care al a ai
ro ale un o se să mai sau după până poate pot trebuie are au am eu noi lui ei lor fi fost prin între
ro către despre este-l cărui cărei căror fără dacă
sv och i att det som en ett på är av för med den till inte om de var vad vem vilka vilken vilket när
sv hur varför många mycket kan ska måste får har hade jag vi ni du man min mitt från eller men vid
sv under efter före mellan utan finns inte vill detta denna dessa alla så kunde skulle ha bli blir
sv vara något någon här där till ditt din
da og i at det som en et på er af for med den til ikke om de hvad hvem hvilke hvilken hvilket
da hvornår
da hvor hvordan hvorfor mange meget kan skal må får har havde jeg vi du man min mit fra eller men
da ved under efter før mellem uden findes blev bliver være vil dette denne disse alle så kunne
da skulle ha blive noget nogen her der dit din nu hvis
no og i å det som en et på er av for med den til ikke om de hva hvem hvilke hvilken hvilket når hvor
no hvordan hvorfor mange mye kan skal må får har hadde jeg vi du man min mitt fra eller men ved
no under
no etter før mellom uten finnes ble blir vil dette denne disse alle så kunne skulle ha bli være
no noe noen her der ditt din nå hvis vil til deg opp ut mappe filen ikkje være
fi ja on ei se että oli ovat mikä mitä mitkä kuka ketkä kenen milloin missä mistä mihin miten miksi
fi kuinka montako paljonko monta paljon voi voiko voinko saa saako pitää täytyy olen minä me te hän
fi he ne tai mutta kun jos myös ennen jälkeen kanssa ilman joka jotka onko minkä olla tämä tämän
fi tätä sen haluatko varmasti kaikki vain olet sinä
cs a v na se že je s z do o k i za pro ve jsou co kdo kdy kde kam jak jaký jaká jaké který která
cs které kterou kolik proč čím může mohu musí musím mám má být nebo ale od po při před jako není
cs ne jsem si tento tato toto bez mezi podle komu
hu a az és hogy nem is egy ez mi ki mikor hol hová hogyan miért mennyi hány melyik milyen van vannak
hu volt lehet kell szabad meg el vagy de csak már még mint után előtt között nélkül én mi ti ők
hu kinek minek meddig mettől honnan szükséges tudom ezt azt biztosan lesz legyen ha mert ez minden
hu valóban csak akkor fel ki be le
sw na ya wa kwa ni la za katika cha vya kuwa hii hiyo huu huo yake wake wangu yangu nini nani lini
sw wapi je gani ngapi vipi kwanini kwa nini au lakini pia bila kabla baada kila hadi hakuna kuna
sw inaweza naweza lazima mimi sisi gharama
tl ang ng sa mga na ay ako ko mo siya nila kami tayo kayo ito iyan iyon ano sino kailan saan bakit
tl paano magkano ilan alin ba po hindi wala may mayroon kung para mula hanggang dapat maaari pwede
tl puwede at o pero ng mga kanino gaano
"""
_CYRILLIC = """
ru и в во не на я что кто когда где как какой какая какое какие каков сколько почему зачем куда
ru откуда чем чего с со а то все она так его но да ты к у же вы за бы по только ее её мне было вот
ru от меня еще ещё нет о об из ему до или если есть для можно нужно ли быть при без который которые
ru это этот какую каком какого какова после перед мы они должен должны между
uk і й в у не на я що хто коли де як який яка яке які скільки чому навіщо куди звідки чим чого з із
uk зі а то все вона він так його але та до за по тільки її мені від ще немає про або чи якщо є для
uk можна потрібно бути при без це цей яку якому якого після перед ми вони який-небудь між скільки
bg и в на не се да за от с по е са какво кой кога къде как какъв каква какви колко защо откъде до
bg или ако има ще може трябва аз ние вие те тя той това този тази тези при без след преди между
bg като но че си ли коя кое кои му ѝ съм във със бъде бъдат искате наистина всички няма вече
bg още тук само което който която които ви
sr и у на не се да за од са по је су шта ко када где како какав каква колико зашто одакле до или ако
sr има може мора треба ја ми ви они она он ово овај ова при без након пре између као али што који
sr која које ли сам ће
kk және мен бір бұл үшін не кім қашан қайда қалай неше қанша қандай неге ма ме ба бе па пе емес бар
kk жоқ деп болып керек бола еді осы сол мен біз сіз олар ол немесе дейін кейін қай
"""
_ARABIC = """
ar من في على إلى عن مع هل ما ماذا متى أين كيف لماذا كم أي التي الذي هذا هذه ذلك أن إن لا لم لن قد
ar كان كانت هو هي هم نحن أنا يجب يمكن يمكنني بعد قبل بين كل أو ثم حتى عند لدى غير من؟ ماهو ماهي
ar وما ومن ليس تم الى او انا اين
fa از در به با که را این آن است هست بود شود می نمی چه چی کی کجا چرا چگونه چطور چند چقدر کدام آیا
fa برای تا و یا هم من ما شما او آنها باید کنم کنید دارد دارم هر اگر بعد قبل بین بدون توان شد شده
fa چیست کیست کجاست هستند خود
ur کا کی کے میں ہے ہیں سے کو نے پر اور یہ وہ کیا کون کب کہاں کیسے کیوں کتنا کتنی کتنے کس جو تو بھی
ur نہیں ہو تھا تھی تھے گا گی گے لیے ساتھ تک یا ہم آپ میرا میری مجھے ہوتا ہوتی سکتا سکتے سکتی اس ان
ur ایک کر کونسا کونسی بعد پہلے بغیر ہوگا
"""
_DEVANAGARI = """
hi का की के में है हैं से को ने पर और यह वह क्या कौन कब कहाँ कहां कैसे क्यों कितना कितनी कितने किस
hi किसने किसे जो तो भी नहीं हो था थी थे लिए साथ तक या हम आप मेरा मेरी मुझे होता होती सकता सकते सकती
hi इस उस एक कर कौन-सा बाद पहले बिना होगा चाहिए इसका उनका द्वारा
mr आहे आहेत आणि काय कोण कधी कुठे कसे कशी कसा का किती कोणते कोणती कोणता कोणत्या मध्ये साठी ला ने ची
mr चा चे च्या हे ही हा ते ती तो मी आम्ही तुम्ही नाही होते होता होती करू शकतो शकता शकते पाहिजे आणि
mr किंवा
mr पर्यंत नंतर पूर्वी कोणी केव्हा कोठे असते असतो माझे माझी करावे लागते लागतो
ne छ छन् को मा ले लाई बाट र के कहिले कहाँ कसरी किन कति कुन हो हुन् थियो यो त्यो म हामी तपाईं हुन्छ
ne गर्न सक्छु सकिन्छ लागि सम्म वा छैन पछि अघि कसले कहाँबाट भएको गरेको मेरो तपाईँ यस गर्ने
ne चाहनुहुन्छ हुनुहुन्छ गर्नुहुन्छ साँच्चै भने लाई नयाँ
"""


def _read(table: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in table.split("\n"):
        language, *words = line.split() or [""]
        if language:
            found.setdefault(language, set()).update(words)
    return {language: frozenset(words) for language, words in found.items()}


# By script, then by the language's ISO 639-1 code ("tl" is Filipino).
FUNCTION_WORDS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Latin": _read(_LATIN),
    "Cyrillic": _read(_CYRILLIC),
    "Arabic": _read(_ARABIC),
    "Devanagari": _read(_DEVANAGARI),
}
_BY_LANGUAGE = {
    language: words for lists in FUNCTION_WORDS.values() for language, words in lists.items()
}


def function_words_of(language: str) -> frozenset[str]:
    """The function words of a language, by its code; none of one that has its script alone."""
    return _BY_LANGUAGE.get(language, frozenset())
