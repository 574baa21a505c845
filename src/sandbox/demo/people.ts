/**
 * The people of the demonstration data. All are invented. Their mobile numbers come from ranges that regulators
 * reserve for fiction, and their mail goes to example.com.
 */

/** Regions with mobile numbers for fiction, and how such a number begins. Two digits follow. */
export const fictionalMobiles = {
  australia: '614915701',
  france: '336399800',
  germany: '4917139200',
  sweden: '467017406',
  uk: '4477009000',
  usa: '120255501',
} as const;

/** One person: given name, family name, local part of the mail address, region of the mobile number. */
export type Person = readonly [
  firstName: string,
  lastName: string,
  mailName: string,
  region: keyof typeof fictionalMobiles,
];

/** The people in the order of their numbers. The first is member 1. */
export const people: readonly Person[] = [
  ['Amara', 'Okafor', 'amara.okafor', 'uk'],
  ['James', 'Whitfield', 'james.whitfield', 'uk'],
  ['Priya', 'Raman', 'priya.raman', 'usa'],
  ['Léa', 'Fontaine', 'lea.fontaine', 'france'],
  ['Jürgen', 'Weiß', 'juergen.weiss', 'germany'],
  ['美咲', '山田', 'misaki.yamada', 'usa'],
  ['Sigrid', 'Åkerström', 'sigrid.akerstrom', 'sweden'],
  ['Omar', 'Haddad', 'omar.haddad', 'france'],
  ['Siobhán', "O'Malley", 'siobhan.omalley', 'uk'],
  ['李', '伟', 'wei.li', 'australia'],
  ['Ana-Sofía', 'Castañeda Ruiz', 'anasofia.castaneda', 'usa'],
  ['Kwame', 'Mensah', 'kwame.mensah', 'uk'],
  ['Ольга', 'Смирнова', 'olga.smirnova', 'germany'],
  ['Thảo', 'Nguyễn', 'thao.nguyen', 'france'],
  ['Mateus', 'da Silva', 'mateus.dasilva', 'usa'],
  ['فاطمة', 'الزهراء', 'fatima.alzahra', 'france'],
  ['Eleni', 'Παπαδοπούλου', 'eleni.papadopoulou', 'germany'],
  ['Tama', 'Ngata', 'tama.ngata', 'australia'],
  ['Zeynep', 'Yıldız', 'zeynep.yildiz', 'germany'],
  ['Arjun', 'Mehta', 'arjun.mehta', 'uk'],
  ['지우', '김', 'jiwoo.kim', 'usa'],
  ['Freja', 'Lindqvist', 'freja.lindqvist', 'sweden'],
  ['Łukasz', 'Wiśniewski', 'lukasz.wisniewski', 'germany'],
  ['Noa', 'ברק', 'noa.barak', 'usa'],
  ['Sunita', 'देवी', 'sunita.devi', 'uk'],
  ['Giulia', 'De Luca', 'giulia.deluca', 'france'],
  ['Chidinma', 'Eze', 'chidinma.eze', 'uk'],
  ['Robert', 'Blackfeather', 'robert.blackfeather', 'usa'],
  ['Marit', 'van den Berg', 'marit.vandenberg', 'germany'],
  ['สมชาย', 'ใจดี', 'somchai.jaidee', 'australia'],
  ['Elif', 'Şahin', 'elif.sahin', 'sweden'],
  ['Kateřina', 'Dvořáková', 'katerina.dvorakova', 'germany'],
  ['Leilani', 'Kahale', 'leilani.kahale', 'usa'],
  ['Hugo', 'Marchand', 'hugo.marchand', 'france'],
  ['Nkechi', 'Adeyemi', 'nkechi.adeyemi', 'uk'],
  ['Isla', 'MacDonald', 'isla.macdonald', 'uk'],
];
