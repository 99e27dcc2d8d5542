// SPDX-License-Identifier: Apache-2.0
#include "text/language.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

TEST(LanguageOf, KnowsManyByTheirCommonWords) {
  const struct {
    std::string_view language;
    std::string_view text;
  } cases[] = {
      {"en", "The shop is open from nine to five, and on Saturdays until noon."},
      {"en", "Where do I send it back to?"},
      {"de", "Der Laden ist von neun bis fünf geöffnet, samstags nur bis zwölf."},
      {"de", "Wo kann ich das Paket zurückgeben?"},
      {"de", "Guten Tag, wie kann ich Ihnen helfen?"},
      {"fr", "Le magasin est ouvert de neuf heures à dix-sept heures."},
      {"fr", "Où est-ce que je peux rendre ce colis ?"},
      {"es", "La tienda está abierta de nueve a cinco y los sábados hasta el mediodía."},
      {"es", "¿Dónde puedo devolver el paquete?"},
      {"it", "Il negozio è aperto dalle nove alle cinque e il sabato fino a mezzogiorno."},
      {"it", "Dove posso restituire il pacco che ho ricevuto?"},
      {"pt", "A loja está aberta das nove às cinco e aos sábados até ao meio-dia."},
      {"pt", "Onde é que eu posso devolver a encomenda?"},
      {"nl", "De winkel is open van negen tot vijf en op zaterdag tot twaalf uur."},
      {"nl", "Waar kan ik het pakket terugbrengen?"},
      {"sv", "Butiken är öppen från nio till fem och på lördagar till klockan tolv."},
      {"da", "Hvor kan jeg aflevere pakken, og hvornår er butikken åben?"},
      {"nb",
       "Hvor kan jeg levere pakken, og når er butikken åpen etter påske? Noen må si oss hva vi skal gjøre "
       "nå."},
      {"fi", "Kauppa on auki yhdeksästä viiteen, mutta lauantaina se ei ole auki."},
      {"pl", "Sklep jest otwarty od dziewiątej do siedemnastej, a w sobotę do południa."},
      {"cs", "Obchod je otevřen od devíti do pěti a v sobotu jen do poledne."},
      {"hu", "Az üzlet kilenctől ötig van nyitva, de szombaton csak délig."},
      {"ro", "Magazinul este deschis de la nouă la cinci, iar sâmbăta până la prânz."},
      {"tr", "Dükkan hafta içi dokuzdan beşe kadar açık, ama pazar günü kapalı."},
      {"id", "Toko ini buka dari jam sembilan dan tidak tutup untuk istirahat."},
      {"vi", "Cửa hàng mở cửa từ chín giờ đến năm giờ."},
      {"ca", "La botiga és oberta de nou a cinc, però els dissabtes també fins al migdia."},
      {"ru", "Магазин открыт с девяти до пяти, а по субботам до полудня."},
      {"ru", "Привет"},
      {"uk", "Крамниця відчинена з дев'ятої до п'ятої, і в суботу також."},
      {"bg", "Магазинът е отворен от девет до пет, а в събота само до обяд."},
      {"sr", "Продавница је отворена од девет до пет, а суботом до подне."},
      {"el", "Το κατάστημα είναι ανοιχτό από τις εννέα."},
      {"he", "החנות פתוחה מתשע עד חמש"},
      {"ar", "المتجر مفتوح من التاسعة حتى الخامسة"},
      {"fa", "فروشگاه از ساعت نه باز است و پنج بسته می‌شود چون"},
      {"hi", "दुकान नौ बजे से पाँच बजे तक खुली है।"},
      {"zh", "商店从九点营业到五点。"},
      {"ja", "店は九時から五時まで開いています。"},
      {"ko", "가게는 아홉 시부터 다섯 시까지 엽니다."},
      {"th", "ร้านเปิดเก้าโมงถึงห้าโมง"},
  };
  for (const auto& [language, text] : cases) EXPECT_EQ(language_of(text), language) << text;
}

TEST(LanguageOf, TakesEnglishForNothingElse) {
  for (const std::string_view text :
       {"Open daily.", "No.", "Die hard man.", "I am.", "Van der Berg met Mr. de la Cruz in Den Haag.",
        "Señor Muñoz said that the El Niño years were warm.", "A to do on my own.", "On me, son!",
        "Was war so hot?", "Plus ten per man.", "O no, do come as one.", "café menu", "Ten men met her.",
        "He has no sin in him.", "Dr. Müller's Straße", "OK", "nginx 1.2.3", "I care."}) {
    const auto language = language_of(text);
    EXPECT_TRUE(language.empty() || language == "en") << text << ": " << language;
  }
}

TEST(LanguageOf, SaysNothingWithoutWords) {
  for (const std::string_view text : {"", "12:30", "...", "\xff\xfe\xff", "☃☃", "C3PO"}) {
    EXPECT_EQ(language_of(text), "") << text;
  }
}

TEST(LanguageOf, ReadsOnlyTheBeginning) {
  std::string text = "Der Laden ist von neun bis fünf geöffnet. ";
  text += std::string(5'000'000, 'x');
  EXPECT_EQ(language_of(text), "de");
}

}  // namespace
}  // namespace parley::text
