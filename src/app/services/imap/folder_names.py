"""What mail programs and servers call their folders, in the languages that they do it in.

Only for servers that do not mark folders by their use. Names as compared: NFC, case folded.
"""

from __future__ import annotations

import unicodedata


def _names(listed: str) -> frozenset[str]:
    parts = " ".join(listed.split()).split(", ")
    return frozenset(unicodedata.normalize("NFC", name).casefold() for name in parts)


DRAFTS = _names(
    """Drafts, Draft, Draft messages, Entwürfe, Entwurf, Brouillons, Brouillon, Borradores, Bozze,
    Rascunhos, Concepten, Klad, Utkast, Udkast, Kladder, Kladde, Luonnokset, Drög, Mustandid,
    Melnraksti, Juodraščiai, Wersje robocze, Robocze, Szkice, Koncepty, Rozepsané, Rozpísané,
    Piszkozatok, Ciorne, Schițe, Skice, Osnutki, Nacrti, Чернови, Черновики, Чернетки, Πρόχειρα,
    Taslaklar, Taslak, טיוטות, المسودات, مسودات, 下書き, 草稿, 草稿箱, 임시 보관함, 임시보관함,
    Draf, Bản nháp, Thư nháp, ร่างจดหมาย, ฉบับร่าง, Draf surat, Esborranys, Zirriborroak"""
)
SENT = _names(
    """Sent, Sent Items, Sent Messages, Sent Mail, Gesendet, Gesendete, Gesendete Elemente,
    Gesendete Objekte, Envoyés, Messages envoyés, Éléments envoyés, Courrier envoyé, Enviados,
    Elementos enviados, Correo enviado, Mensajes enviados, Posta inviata, Inviati, Inviata,
    Itens enviados, Itens Enviados, Mensagens enviadas, Verzonden, Verzonden items,
    Verzonden berichten, Skickat, Skickade, Sendt, Sendte elementer, Sendt post, Lähetetyt,
    Wysłane, Elementy wysłane, Odeslané, Odeslaná pošta, Odoslané, Odoslaná pošta, Elküldött,
    Elküldött elemek, Elküldött üzenetek, Trimise, Elemente trimise, Poslano, Изпратени,
    Отправленные, Надіслані, Απεσταλμένα, Gönderilmiş Öğeler, Gönderilmiş, Gönderilenler,
    פריטים שנשלחו, العناصر المرسلة, 送信済み, 送信済みアイテム, 已发送, 已发送邮件, 寄件備份,
    已傳送, 보낸 편지함, 보낸편지함, Terkirim, Đã gửi, Enviats"""
)
TRASH = _names(
    """Trash, Deleted, Deleted Items, Deleted Messages, Bin, Papierkorb, Gelöscht,
    Gelöschte Elemente, Gelöschte Objekte, Corbeille, Éléments supprimés, Messages supprimés,
    Papelera, Elementos eliminados, Cestino, Posta eliminata, Lixeira, Lixo, Itens excluídos,
    Itens Eliminados, Prullenbak, Prullenmand, Verwijderde items, Papperskorg, Borttaget,
    Papirkurv, Slettet post, Slettede elementer, Roskakori, Poistetut, Kosz, Elementy usunięte,
    Koš, Odstraněná pošta, Kôš, Odstránená pošta, Kuka, Lomtár, Törölt elemek, Coș de gunoi,
    Elemente șterse, Otpad, Koš za smeti, Кошче, Корзина, Удаленные, Удалённые, Кошик, Видалені,
    Κάδος, Διαγραμμένα, Çöp, Çöp Kutusu, Silinmiş Öğeler, פריטים שנמחקו, العناصر المحذوفة,
    ゴミ箱, 削除済みアイテム, 已删除, 已删除邮件, 垃圾桶, 휴지통, 지운 편지함, Sampah, Thùng rác,
    Paperera"""
)
