//! A zip file of a few small files, stored as they are: no clock, no folders, the same bytes each time
//! (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>).

/// The first day that the format knows.
const DATE: u16 = 0b0000_0000_0010_0001;
/// Reading needs version 2.0.
const VERSION: u16 = 20;

/// Files by name and content, in their order. Names are ASCII without folders, contents shorter than four gigabytes.
pub(super) fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in files {
        let at = length(&zip);
        let mut entry = Vec::new();
        push_u16(&mut entry, &[VERSION, 0, 0, 0, DATE]);
        push_u32(&mut entry, &[checksum(content), length(content), length(content)]);
        push_u16(&mut entry, &[u16::try_from(name.len()).unwrap_or(u16::MAX), 0]);
        zip.extend_from_slice(b"PK\x03\x04");
        zip.extend_from_slice(&entry);
        zip.extend_from_slice(name.as_bytes());
        zip.extend_from_slice(content);
        directory.extend_from_slice(b"PK\x01\x02");
        push_u16(&mut directory, &[VERSION]);
        directory.extend_from_slice(&entry);
        push_u16(&mut directory, &[0, 0, 0]);
        push_u32(&mut directory, &[0, at]);
        directory.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap_or(u16::MAX);
    let (at, size) = (length(&zip), length(&directory));
    zip.append(&mut directory);
    zip.extend_from_slice(b"PK\x05\x06");
    push_u16(&mut zip, &[0, 0, count, count]);
    push_u32(&mut zip, &[size, at]);
    push_u16(&mut zip, &[0]);
    zip
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn push_u16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
}

fn push_u32(bytes: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
}

/// CRC-32 as zip counts it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::{checksum, stored};

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn an_archive_is_what_the_usual_tools_write() {
        // `printf a > a.txt; touch -d 1980-01-01 a.txt; zip -0 -X` writes the same but for the maker's system.
        let expected = [
            &b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\x43\xbe\xb7\xe8\x01\0\0\0\x01\0\0\0\x05\0\0\0a.txta"[..],
            b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\x21\0\x43\xbe\xb7\xe8\x01\0\0\0\x01\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0\0",
            b"\0\0\0\0a.txtPK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0\x24\0\0\0\0\0",
        ];
        assert_eq!(stored(&[("a.txt", b"a")]), expected.concat());
    }
}
