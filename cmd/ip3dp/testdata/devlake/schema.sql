-- The tables of Apache DevLake v1.0.3 that the queries read, with all columns of their models
-- (backend/core/models/domainlayer). TIME, DOUBLE and TEXT stand for the types that its
-- migrations give time.Time, float64 and string on each server.
CREATE TABLE repos (id varchar(255) PRIMARY KEY, name TEXT, url TEXT, description TEXT, owner_id varchar(255),
  language varchar(255), forked_from TEXT, created_date TIME, updated_date TIME, deleted boolean, ORIGIN);
CREATE TABLE accounts (id varchar(255) PRIMARY KEY, email varchar(255), full_name varchar(255), user_name varchar(255),
  avatar_url varchar(255), organization varchar(255), created_date TIME, status bigint, ORIGIN);
CREATE TABLE project_mapping (project_name varchar(255), `table` varchar(100), row_id varchar(255), ORIGIN,
  PRIMARY KEY (project_name, `table`, row_id));
CREATE TABLE cicd_deployment_commits (id varchar(255), cicd_scope_id varchar(255), cicd_deployment_id varchar(255),
  name varchar(255), display_title TEXT, url TEXT, result varchar(100), status varchar(100), original_status varchar(100),
  original_result varchar(100), environment varchar(255), original_environment varchar(255), created_date TIME,
  queued_date TIME, started_date TIME, finished_date TIME, duration_sec DOUBLE, queued_duration_sec DOUBLE,
  commit_sha varchar(255), commit_msg TEXT, ref_name varchar(255), repo_id varchar(255), repo_url varchar(255) NOT NULL,
  prev_success_deployment_commit_id varchar(255), subtask_name varchar(255), ORIGIN, PRIMARY KEY (id, commit_sha));
CREATE TABLE commits_diffs (new_commit_sha varchar(40), old_commit_sha varchar(40), commit_sha varchar(40),
  sorting_index bigint, PRIMARY KEY (new_commit_sha, old_commit_sha, commit_sha));
CREATE TABLE pull_requests (id varchar(255) PRIMARY KEY, base_repo_id varchar(191), head_repo_id varchar(191),
  status varchar(100), original_status varchar(100), title TEXT, description TEXT, url varchar(255),
  author_name varchar(100), author_id varchar(100), merged_by_name varchar(100), merged_by_id varchar(100),
  parent_pr_id varchar(100), pull_request_key bigint, created_date TIME, merged_date TIME, closed_date TIME,
  type varchar(100), component varchar(100), merge_commit_sha varchar(40), head_ref varchar(255), base_ref varchar(255),
  base_commit_sha varchar(40), head_commit_sha varchar(40), additions bigint, deletions bigint, is_draft boolean, ORIGIN);
CREATE TABLE pull_request_labels (pull_request_id varchar(255), label_name varchar(255), ORIGIN,
  PRIMARY KEY (pull_request_id, label_name));
CREATE TABLE pull_request_commits (commit_sha varchar(40), pull_request_id varchar(255), commit_author_name varchar(255),
  commit_author_email varchar(255), commit_authored_date TIME, ORIGIN, PRIMARY KEY (commit_sha, pull_request_id));
CREATE TABLE pull_request_comments (id varchar(255) PRIMARY KEY, pull_request_id varchar(191), body TEXT,
  account_id varchar(255), created_date TIME, commit_sha varchar(255), type varchar(255), review_id varchar(255),
  status varchar(255), ORIGIN);
CREATE INDEX comments_of_request ON pull_request_comments (pull_request_id);
CREATE INDEX commits_of_request ON pull_request_commits (pull_request_id);
CREATE TABLE incidents (id varchar(255) PRIMARY KEY, url varchar(255), incident_key varchar(255), title TEXT,
  description TEXT, status varchar(100), original_status varchar(100), resolution_date TIME, created_date TIME,
  updated_date TIME, lead_time_minutes bigint, original_estimate_minutes bigint, time_spent_minutes bigint,
  time_remaining_minutes bigint, creator_id varchar(255), creator_name varchar(255), parent_incident_id varchar(255),
  priority varchar(255), severity varchar(255), urgency varchar(255), component varchar(255), original_project varchar(255),
  `table` varchar(255), scope_id varchar(255), assignee_id varchar(255), assignee_name varchar(255), ORIGIN);
CREATE TABLE boards (id varchar(255) PRIMARY KEY, name varchar(255), description TEXT, url varchar(255),
  created_date TIME, type varchar(255), ORIGIN);
CREATE TABLE board_issues (board_id varchar(255), issue_id varchar(255), ORIGIN, PRIMARY KEY (board_id, issue_id));
CREATE TABLE issue_labels (issue_id varchar(255), label_name varchar(255), ORIGIN, PRIMARY KEY (issue_id, label_name));
CREATE TABLE issues (id varchar(255) PRIMARY KEY, url varchar(255), icon_url varchar(255), issue_key varchar(255),
  title TEXT, description TEXT, epic_key varchar(255), type varchar(100), original_type varchar(500), status varchar(100),
  original_status varchar(100), story_point DOUBLE, resolution_date TIME, created_date TIME, updated_date TIME,
  lead_time_minutes bigint, original_estimate_minutes bigint, time_spent_minutes bigint, time_remaining_minutes bigint,
  creator_id varchar(255), creator_name varchar(255), assignee_id varchar(255), assignee_name varchar(255),
  parent_issue_id varchar(255), priority varchar(255), severity varchar(255), urgency varchar(255), component TEXT,
  original_project varchar(255), is_subtask boolean, due_date TIME, fix_versions TEXT, ORIGIN);
