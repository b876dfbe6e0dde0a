-- The office's figures, recounted from what the province was sent. ?1 is its catalogue, as JSON.
WITH parts AS (
    SELECT procedure.value ->> '$.MaTTHC' AS code,
           coalesce(procedure.value ->> '$.PhienBan', 0) AS version,
           part.value ->> '$.LoaiBan' = 'xuat-trinh' AS shown,
           coalesce(part.value ->> '$.KhongCanNop', 0) AS in_data,
           part.value ->> '$.ThayChoNhau' AS stands_for
    FROM json_each(?1, '$.DanhSachTTHC') AS procedure, json_each(procedure.value, '$.DanhSachThanhPhanHoSo') AS part
),
-- Where the data have one of some that stand for one another, none of them is asked for.
avoided AS (
    SELECT code, version, count(*) AS papers,
           sum(shown OR in_data OR EXISTS (
               SELECT 1 FROM parts AS other
               WHERE other.code = parts.code AND other.version = parts.version
                 AND other.stands_for = parts.stands_for AND other.in_data
           )) AS papers_avoided
    FROM parts GROUP BY code, version
),
deciding AS (
    SELECT one.value ->> '$.MaTTHC' AS code, coalesce(one.value ->> '$.PhienBan', 0) AS version,
           one.value ->> '$.CoQuanQuyetDinh' AS unit,
           (SELECT sum(fee.value ->> '$.Gia') FROM json_each(one.value, '$.DanhSachLePhi') AS fee) > 0 AS has_fee
    FROM json_each(?1, '$.DanhSachTTHC') AS one
),
taken AS (
    SELECT substr(stamp, 1, 4) || '-' || substr(stamp, 5, 2) || '-' || substr(stamp, 7, 2) AS day, body, unit,
           body ->> '$.MaLinhVuc' AS field, papers, papers_avoided, has_fee,
           EXISTS (SELECT 1 FROM payments WHERE dossier_key = key AND state = 'thanh-cong') AS paid
    FROM (SELECT key, body, body ->> '$.NgayNopHoSo' AS stamp FROM dossiers WHERE code IS NOT NULL AND kind = 'dossier')
    JOIN deciding ON deciding.code = body ->> '$.MaTTHC' AND deciding.version = body ->> '$.PhienBanTTHC'
    JOIN avoided ON avoided.code = deciding.code AND avoided.version = deciding.version
),
facts AS (
    SELECT day, unit, field, papers, papers_avoided, has_fee, paid,
           body ->> '$.KenhThucHien' = '2' AS online,
           coalesce(body ->> '$.CoCanBoHoTro' = '1', 0) AS assisted,
           body ->> '$.HoSoCoThanhPhanSoHoa' = '1' AS digitised,
           (SELECT sum(value ->> '$.GiayToSoHoa.SoTrang') FROM json_each(body, '$.TaiLieuNop')) AS pages,
           (SELECT count(*) FROM json_each(body, '$.DuLieuBieuMau')) AS data_fields
    FROM taken
)
SELECT day, unit, field, 'online', sum(online), count(*) FROM facts GROUP BY day, unit, field
UNION ALL
SELECT day, unit, field, 'assisted', sum(assisted), count(*) FROM facts GROUP BY day, unit, field
UNION ALL
SELECT day, unit, field, 'digitised', sum(digitised), count(*) FROM facts GROUP BY day, unit, field
UNION ALL
SELECT day, unit, field, 'pages', sum(pages), count(*) FROM facts WHERE digitised GROUP BY day, unit, field
UNION ALL
SELECT day, unit, field, 'data-fields', sum(data_fields), count(*) FROM facts GROUP BY day, unit, field
UNION ALL
SELECT day, unit, field, 'papers-avoided', sum(papers_avoided), sum(papers) FROM facts WHERE papers > 0
GROUP BY day, unit, field
UNION ALL
SELECT day, unit, field, 'online-payment', sum(paid), count(*) FROM facts WHERE has_fee GROUP BY day, unit, field
