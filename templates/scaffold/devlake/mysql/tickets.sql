-- Support requests of Apache DevLake for ip3dp. Tested with the tables of v1.0.1 to v1.0.3.
--
-- Write the name of the board that your support requests are on.
SELECT
  i.id AS id,
  i.title AS title,
  i.component AS feature,
  (SELECT GROUP_CONCAT(l.label_name ORDER BY l.label_name SEPARATOR ';') FROM issue_labels l WHERE l.issue_id = i.id) AS labels,
  i.created_date AS opened,
  i.resolution_date AS resolved,
  i.original_status AS resolution,
  i.updated_date AS updated
FROM issues i
WHERE i.type <> 'INCIDENT'
  AND EXISTS (
    SELECT 1 FROM board_issues bi JOIN boards b ON b.id = bi.board_id
    WHERE bi.issue_id = i.id AND b.name = 'Platform support'
  )
