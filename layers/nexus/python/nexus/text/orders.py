"""Tells sentences that order a reader about, or ask for money or credentials, from statements."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"\b(?:passwords?|passphrase|pin(?: codes?)?|otp|one-time codes?|verification codes?|cvv|"
    r"(?:credit|debit|bank)[ -]?cards? (?:numbers?|details)|card numbers?|api keys?|credentials?|"
    r"social security numbers?|login details|bank details|account numbers?|access tokens?|"
    r"seed phrases?|kata sandi|sandi|kode (?:otp|verifikasi|pin)|nomor (?:kartu|rekening)|"
    r"mot de passe|contraseña|passwort|kennwort|密码|密碼|パスワード|비밀번호)\b|密码|密碼|비밀번호"
)
_GIVING = re.compile(
    r"\b(?:send|enter|give|share|provide|submit|type|confirm|tell|reply|email|e-mail|text|forward|"
    r"disclose|supply|verify|upload|fill|kirim\w*|masukkan|berikan|sampaikan|bagikan|isi\w*|"
    r"sebutkan|konfirmasi\w*|verifikasi\w*|balas|envoyez|saisissez|envíe|introduzca|senden|"
    r"geben)\b|请输入|请提供|发送|提供|입력|보내"
)
_PAYING = re.compile(
    r"\b(?:pay|transfer|wire|deposit|remit|send (?:the )?(?:money|funds|payment|fee)|donate|buy|"
    r"purchase|bayar\w*|transfer\w*|setor\w*|kirim(?:kan)? (?:uang|dana|biaya)|belikan|"
    r"überweisen|virez|payez|pague|transfiera|transférez)\b|支付|付款|转账|轉帳|汇款|송금|입금"
)
_START = (
    r"^[\W_]*(?:(?:please|kindly|now|then|to continue|first|next|also|simply|just|silakan|harap|"
    r"mohon|tolong|segera|bitte|veuillez|por favor|you (?:must|should|need to|have to)|"
    r"(?:all )?(?:readers|users|customers|students) (?:must|should|need to|have to)|"
    r"anda (?:harus|wajib|perlu)|urgent\w*|important|attention|note|warning|penting|"
    r"perhatian)[\s:,!]{1,3}){0,3}"
)
_COMMAND = re.compile(
    _START + r"(?:visit|call|click|send|write|transfer|e-?mail|contact|log ?in|open|download|"
    r"install|go to|type|enter|say|tell|forward|submit|share|reply|follow|join|subscribe|scan|"
    r"sign|register|pay|wire|buy|text|message|whatsapp|dial|ring|delete|disable|run|execute|"
    r"copy|paste|report|use|claim|redeem|vote|recommend|ignore|stop|hand over|give|provide|"
    r"confirm|verify|update|upload|"
    r"kunjungi|hubungi|telepon|klik|kirim\w*|tulis\w*|buka|unduh|pasang|masuk|masukkan|ketik|"
    r"katakan|beritahu|balas|bagikan|ikuti|pindai|daftar\w*|bayar\w*|beli|hapus|jalankan|salin|"
    r"gunakan|abaikan|isi|berikan|serahkan|laporkan|konfirmasi|"
    r"besuchen|klicken|rufen|senden|visitez|cliquez|appelez|envoyez|visite|haga|llame|envíe)\b"
)
# Words by which a question asks what to do, and so for steps.
_HOW = re.compile(
    r"\bhow (?:do|does|can|could|should|to|would|is|are|must)\b|\bwhere\b|\bwhat (?:should|must|do|"
    r"can|steps|happens)\b|\bsteps?\b|\bprocedures?\b|\bwhom?\b|\bbagaimana\b|\bcara\b|"
    r"\blangkah\w*|\bprosedur\b|\b(?:di ?|ke ?)?mana\b|\bharus\b|\bsyarat\b|\bwie (?:kann|muss|"
    r"soll|geht|man|ich|wird|werden)\b|\bwo(?:hin)?\b|\bcomment\b|\boù\b|\bcómo\b|\bdónde\b|如何|怎么|"
    r"怎樣|哪里|どう|どこ|어떻게|어디"
)
# A question that begins with what is to be done asks for the steps, too: "reset my password".
_TASK = re.compile(
    r"^[\W_]*(?:set|change|install|reset|enable|disable|add|remove|create|delete|update|connect|"
    r"configure|register|apply|renew|cancel|get|find|make|use|download|open|print|book|borrow|"
    r"return|log|sign|submit|report|request|activate|join|pay|buy|send|setting up|ubah|atur|"
    r"pasang|ganti|daftar|mendaftar|bayar|membayar|cetak|buat|membuat|aktifkan|perpanjang|"
    r"batalkan|pinjam|meminjam|unduh|mengunduh)\b"
)
_ADDRESS = re.compile(
    r"\b(?:web ?sites?|links?|urls?|address(?:es)?|e-?mails?|contacts?|sites?|portals?|web|pages?|"
    r"online|phone|telephone|situs|laman|tautan|alamat|surel|kontak|hubungi|nomor|telepon|daring|"
    r"adresse|courriel|kontakt|correo|dirección|página)\b|网址|网站|邮箱|電郵|メール|主页|이메일|주소|홈페이지"
)
_MONEY = re.compile(
    r"\b(?:pay\w*|paid|fees?|fines?|costs?|price|invoice|bill|transfer|donat\w+|buy|bayar\w*|"
    r"pembayaran|dibayar|biaya|denda|harga|tarif|zahl\w*|pay\w*|amende|multa|pag\w+)\b|付|钱|罚款|费|"
    r"支付|요금|결제"
)


def order_in(sentence: str, question: str) -> bool:
    """Whether a sentence in lower case orders a reader to do what the question did not ask for.

    To give a secret away is asked for by no question that does not name one; to pay, by none that
    does not speak of money; anything else by one that asks how or where.
    """
    if _SECRET.search(sentence) and _GIVING.search(sentence) and not _SECRET.search(question):
        return True
    if _COMMAND.search(sentence) is None:
        return False
    if _PAYING.search(sentence) and not _MONEY.search(question):
        return True
    return not _asks_what_to_do(question)


def _asks_what_to_do(question: str) -> bool:
    return bool(_HOW.search(question) or _ADDRESS.search(question) or _TASK.search(question))


def asks_for_address(question: str) -> bool:
    """Whether a question in lower case asks for an address, or a way to do something.

    One that is not known may ask for anything.
    """
    return not question or _asks_what_to_do(question)
